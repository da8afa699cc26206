package config

// Rows returns the tables of this package. The rows of rules come from the
// packages that compile them.
func Rows() []Table {
	return []Table{
		processRows,
		environmentRows,
		identityRows,
		tuneRows,
		tlsRows,
		logRows,
		statsSocketRows,
		proxyRows,
		timeoutRows,
		optionRows,
		bindRows,
		serverRows,
		errorFileRows,
		checkRows,
		unbuiltGlobalRows,
		unbuiltProxyRows,
	}
}
