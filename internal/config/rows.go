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
		acmeRows,
		cacheRows,
		crtStoreRows,
		fcgiAppRows,
		healthCheckRows,
		httpErrorsRows,
		logForwardRows,
		logProfileRows,
		mailersRows,
		namespaceRows,
		peersRows,
		programRows,
		resolversRows,
		ringRows,
		tracesRows,
		userListRows,
		unbuiltGlobalRows,
		unbuiltProxyRows,
	}
}
