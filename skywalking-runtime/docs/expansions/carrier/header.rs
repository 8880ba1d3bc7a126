#[automatically_derived]
impl ::skywalking_runtime::__private::Extract for Meta {
    fn header(
        &self,
        __key: &::core::primitive::str,
    ) -> ::core::option::Option<
        ::skywalking_runtime::__private::Cow<'_, ::core::primitive::str>,
    > {
        match __key {
            "sw8" => {
                <Option<
                    String,
                > as ::skywalking_runtime::__private::HeaderField>::get(&self.trace)
                    .map(::skywalking_runtime::__private::Cow::Borrowed)
            }
            "sw8-correlation" => {
                <String as ::skywalking_runtime::__private::HeaderField>::get(
                        &self.baggage,
                    )
                    .map(::skywalking_runtime::__private::Cow::Borrowed)
            }
            _ => ::core::option::Option::None,
        }
    }
}
#[automatically_derived]
impl ::skywalking_runtime::__private::Inject for Meta {
    fn set_header(
        &mut self,
        __key: &'static ::core::primitive::str,
        __value: &::core::primitive::str,
    ) {
        match __key {
            "sw8" => {
                <Option<
                    String,
                > as ::skywalking_runtime::__private::HeaderField>::set(
                    &mut self.trace,
                    __value,
                )
            }
            "sw8-correlation" => {
                <String as ::skywalking_runtime::__private::HeaderField>::set(
                    &mut self.baggage,
                    __value,
                )
            }
            _ => {}
        }
    }
    fn remove_header(&mut self, __key: &'static ::core::primitive::str) {
        match __key {
            "sw8" => {
                <Option<
                    String,
                > as ::skywalking_runtime::__private::HeaderField>::clear(
                    &mut self.trace,
                )
            }
            "sw8-correlation" => {
                <String as ::skywalking_runtime::__private::HeaderField>::clear(
                    &mut self.baggage,
                )
            }
            _ => {}
        }
    }
}
