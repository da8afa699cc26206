// Package features is the one list of what is compiled in: the keyword tables
// beside the language's own. A feature is a table here and a row in it.
package features

//go:generate go test -run TestKeywordsFile -update .

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Tables returns the keyword tables of everything above the language itself.
func Tables() []config.Table {
	return []config.Table{
		rule.Table(), // acl, http-request, http-response, tcp-request, use_backend, redirect
	}
}
