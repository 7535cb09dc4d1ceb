# Runs the parts of a lesson's script as Rscript runs a file: top-level values are printed when
# visible, the first error ends it, quit() ends it with a status. What came of it is written to
# "report", as JSON, for the project's runner.
function(folder, work, parts) {
  own <- c("<setup>", "<code>", "<checks>")

  place <- function(call) {
    ref <- attr(call, "srcref")
    file <- if (is.null(ref)) NULL else attr(ref, "srcfile")$filename
    if (is.null(file) || !(file %in% own)) return(NULL)
    head <- call[[1]]
    list(file = file, line = as.integer(ref)[[1]],
         call = if (is.name(head)) as.character(head) else "")
  }

  report <- list(part = "", status = 0L)
  fail <- function(part, line, error, calls) {
    frames <- unname(Filter(Negate(is.null), lapply(calls, place)))
    call <- conditionCall(error)
    heads <- vapply(calls, function(call) is.name(call[[1]]) && call[[1]] == "stopifnot", NA)
    failed <- any(heads) || inherits(error, "expectation_failure")
    report$error <<- list(
      line = line,
      classes = as.list(c(class(error), if (failed) "AssertionError")),
      message = conditionMessage(error),
      call = if (is.null(call)) "" else paste(deparse(call, nlines = 1L), collapse = " "),
      frames = frames
    )
  }

  leave <- function(save = "default", status = 0, runLast = TRUE) {
    report$status <<- as.integer(status)
    report$left <<- TRUE
    invokeRestart("lesson_leaves")
  }
  attach(list(quit = leave, q = leave), name = "lesson", warn.conflicts = FALSE)
  on.exit(detach("lesson"))

  run <- function(part) {
    report$part <<- part
    path <- file.path(folder, parts[[part]])
    lines <- readLines(path, encoding = "UTF-8", warn = FALSE)
    line <- NULL
    calls <- NULL
    tryCatch(
      withCallingHandlers({
        source <- srcfilecopy(part, lines)
        expressions <- parse(text = lines, srcfile = source, keep.source = TRUE, encoding = "UTF-8")
        refs <- attr(expressions, "srcref")
        for (index in seq_along(expressions)) {
          line <- as.integer(refs[[index]])[[1]]
          value <- withVisible(eval(expressions[[index]], globalenv()))
          if (value$visible) {
            if (isS4(value$value)) methods::show(value$value) else print(value$value)
          }
          # evaluate(), which runs this, passes on what was printed when asked to.
          flush(stdout())
        }
      }, error = function(error) calls <<- sys.calls()),
      error = function(error) fail(part, line, error, calls)
    )
    is.null(report$error)
  }

  setwd(work)
  withRestarts(
    for (part in names(parts)) if (!run(part)) break,
    lesson_leaves = function() NULL
  )
  writeLines(jsonlite::toJSON(report, auto_unbox = TRUE, null = "null"),
             file.path(folder, "report"), useBytes = TRUE)
  invisible(NULL)
}
