#[automatically_derived]
impl<M> company::tracing::__private::Extract for Envelope<M>
where
    M: company::tracing::__private::Extract,
{
    fn header(
        &self,
        __key: &::core::primitive::str,
    ) -> ::core::option::Option<
        company::tracing::__private::Cow<'_, ::core::primitive::str>,
    > {
        <M as company::tracing::__private::Extract>::header(&self.message, __key)
    }
    fn other_header(
        &self,
        __key: &::core::primitive::str,
    ) -> ::core::option::Option<
        company::tracing::__private::Cow<'_, ::core::primitive::str>,
    > {
        <M as company::tracing::__private::Extract>::other_header(&self.message, __key)
    }
}
#[automatically_derived]
impl<M> company::tracing::__private::Inject for Envelope<M>
where
    M: company::tracing::__private::Inject,
{
    fn set_header(
        &mut self,
        __key: &'static ::core::primitive::str,
        __value: &::core::primitive::str,
    ) {
        <M as company::tracing::__private::Inject>::set_header(
            &mut self.message,
            __key,
            __value,
        )
    }
    fn remove_header(&mut self, __key: &'static ::core::primitive::str) {
        <M as company::tracing::__private::Inject>::remove_header(
            &mut self.message,
            __key,
        )
    }
    fn add_other_header(
        &mut self,
        __key: &'static ::core::primitive::str,
        __value: &::core::primitive::str,
    ) -> ::core::primitive::bool {
        <M as company::tracing::__private::Inject>::add_other_header(
            &mut self.message,
            __key,
            __value,
        )
    }
}
