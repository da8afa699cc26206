package config

import "github.com/sluice-proxy/sluice/internal/nearest"

// suggest returns the name nearest to word, "" if none is near enough to help.
func suggest(word string, names func(yield func(string) bool)) string {
	return nearest.Name(word, names)
}
