package command

import (
	"context"

	"github.com/sluice-proxy/sluice/internal/config"
)

// open returns the files of a configuration and what reads the files that it
// names.
func open(word string) ([]config.File, func(string) ([]byte, error), error) {
	files, err := config.ReadFiles(context.Background(), []string{word})
	return files, config.ReadFile, err
}
