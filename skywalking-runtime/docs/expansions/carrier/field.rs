#[automatically_derived]
impl ::skywalking_runtime::__private::Extract for Req {
    fn header(
        &self,
        __key: &::core::primitive::str,
    ) -> ::core::option::Option<
        ::skywalking_runtime::__private::Cow<'_, ::core::primitive::str>,
    > {
        <String as ::skywalking_runtime::__private::Extract>::header(&self.header, __key)
    }
    fn other_header(
        &self,
        __key: &::core::primitive::str,
    ) -> ::core::option::Option<
        ::skywalking_runtime::__private::Cow<'_, ::core::primitive::str>,
    > {
        <String as ::skywalking_runtime::__private::Extract>::other_header(
            &self.header,
            __key,
        )
    }
}
#[automatically_derived]
impl ::skywalking_runtime::__private::Inject for Req
where
    for<'__carrier> String: ::skywalking_runtime::__private::Inject,
{
    fn set_header(
        &mut self,
        __key: &'static ::core::primitive::str,
        __value: &::core::primitive::str,
    ) {
        <String as ::skywalking_runtime::__private::Inject>::set_header(
            &mut self.header,
            __key,
            __value,
        )
    }
    fn remove_header(&mut self, __key: &'static ::core::primitive::str) {
        <String as ::skywalking_runtime::__private::Inject>::remove_header(
            &mut self.header,
            __key,
        )
    }
    fn add_other_header(
        &mut self,
        __key: &'static ::core::primitive::str,
        __value: &::core::primitive::str,
    ) -> ::core::primitive::bool {
        <String as ::skywalking_runtime::__private::Inject>::add_other_header(
            &mut self.header,
            __key,
            __value,
        )
    }
}
