# Runs the parts of a lesson's script as `bash FILE` runs a file. Its argument is the folder with the
# parts. The file "part" there names the part that was begun last, "ended" exists when the last of
# them came to its end, and "failed" when one of them came to its end with a status other than 0.
exec <"$1/stdin" >>"$1/stdout" 2>>"$1/stderr"
__lesson_folder=$1
set --
for __lesson_part in setup code checks; do
  [ -f "$__lesson_folder/$__lesson_part" ] || continue
  echo "$__lesson_part" >"$__lesson_folder/part"
  [ "$__lesson_part" = checks ] && exec >/dev/null
  . "$__lesson_folder/$__lesson_part" # in no list of commands: that would turn `set -e` off
  __lesson_status=$?
  [ "$__lesson_status" = 0 ] || { : >"$__lesson_folder/failed"; exit "$__lesson_status"; }
done
: >"$__lesson_folder/ended"
