package command

import (
	"context"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/mworker"
)

// source is where a configuration and the files that it names come from.
type source struct {
	files []config.File
	read  func(name string) ([]byte, error)
	close func()
}

// open finds a configuration: a file, a directory, or "fd:N", a generation that
// the master of this process passes on.
func open(word string) (*source, error) {
	if n, ok := strings.CutPrefix(word, "fd:"); ok {
		if fd, err := strconv.Atoi(n); err == nil && fd > 2 {
			return inherited(fd)
		}
	}
	files, err := config.ReadFiles(context.Background(), []string{word})
	return &source{files, config.ReadFile, func() {}}, err
}

func inherited(fd int) (*source, error) {
	a, err := mworker.OpenArchive(fd)
	if err != nil {
		return nil, err
	}
	s := &source{read: a.Read, close: a.Close}
	for _, f := range a.Files {
		s.files = append(s.files, config.File{Name: f.Name, Data: f.Data})
	}
	return s, nil
}
