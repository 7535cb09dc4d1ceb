# Runs the parts of a lesson's script as `bash FILE` runs a file. Its argument is the folder with the
# parts. The file "part" there names the part that was begun last, and "ended" exists when the last of
# them came to its end.
exec <"$1/stdin" >>"$1/stdout" 2>>"$1/stderr"
__lesson_folder=$1
set --
for __lesson_part in setup code checks; do
  [ -f "$__lesson_folder/$__lesson_part" ] || continue
  echo "$__lesson_part" >"$__lesson_folder/part"
  [ "$__lesson_part" = checks ] && exec >/dev/null
  . "$__lesson_folder/$__lesson_part" || exit
done
: >"$__lesson_folder/ended"
