# Run in the kernel before the demos of a session. evaluate() before version 1.0, which runs them, drops
# the error of a stack that overflows: no calling handler may see such an error, and the `try` in its
# evaluate_call() catches it and says nothing. With another `try` there it goes on to the kernel.
local({
  evaluate <- asNamespace("evaluate")
  imports <- parent.env(asNamespace("IRkernel"))
  old <- utils::packageVersion("evaluate") < "1.0"
  if (!old || !exists("evaluate_call", evaluate) || !exists("evaluate", imports, inherits = FALSE))
    return(invisible())

  is_overflow <- function(error) {
    texts <- "infinite recursion|C stack usage|node stack overflow|protection stack overflow"
    inherits(error, "stackOverflowError") || grepl(texts, conditionMessage(error))
  }
  place <- new.env(parent = evaluate)
  place$try <- function(expr, ...) {
    result <- base::try(expr, ...)
    error <- attr(result, "condition")
    if (inherits(result, "try-error") && is_overflow(error)) stop(error)
    invisible(result)
  }
  with_place <- function(name) `environment<-`(get(name, evaluate), place)
  place$evaluate_call <- with_place("evaluate_call")
  unlockBinding("evaluate", imports)
  assign("evaluate", with_place("evaluate"), imports)
  lockBinding("evaluate", imports)
  invisible()
})
