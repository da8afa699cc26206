package pattern

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Unreadable is the error of a file that cannot be opened, or not be read, in the
// reference's words.
func Unreadable(name string, err error) error {
	var reading *fs.PathError
	if isPath := errors.As(err, &reading); errors.Is(err, fs.ErrNotExist) || isPath && reading.Op == "open" {
		return fmt.Errorf("failed to open pattern file <%s>", name)
	}
	text := err.Error()
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		text = errno.Error()
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return fmt.Errorf("error encountered while reading  <%s> : %s", name, text)
}
