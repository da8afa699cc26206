package config

// unbuiltServerCheck are the options of checks on server lines (manual 5.2).
var unbuiltServerCheck = []serverOption{
	unbuiltServer("check-alpn", "<protocols>", "Sets the protocols that checks ask for in the TLS handshake."),
	unbuiltServer("check-pool-conn-name", "<name>", "Sets the name of the idle connections that checks may use."),
	unbuiltServer("check-reuse-pool", "", "Lets checks use idle connections."),
	unbuiltServer("check-sni", "<sni>", "Sets the server name that checks send in the TLS handshake."),
	unbuiltServer("check-sni-auto", "", "Sends a check's host as server name, which is the default."),
	unbuiltServer("check-ssl", "", "Checks by TLS whatever the traffic uses."),
	unbuiltServer("no-check-reuse-pool", "", "Undoes an inherited \"check-reuse-pool\"."),
	unbuiltServer("no-check-sni-auto", "", "Sends no server name with checks unless \"check-sni\" says which."),
	unbuiltServer("no-check-ssl", "", "Undoes an inherited \"check-ssl\"."),
}
