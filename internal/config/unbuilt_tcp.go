package config

// unbuiltServerTransport are options of connections on server lines (manual 5.2).
var unbuiltServerTransport = []serverOption{
	unbuiltServer("log-bufsize", "<bufsize>", "Sets the size of the buffer for a server that logs are sent to."),
	unbuiltServer("no-send-proxy-v2-ssl", "", "Undoes an inherited \"send-proxy-v2-ssl\"."),
	unbuiltServer("no-send-proxy-v2-ssl-cn", "", "Undoes an inherited \"send-proxy-v2-ssl-cn\"."),
	unbuiltServer("send-proxy-v2-ssl", "", "Sends a PROXY protocol header of version 2 that tells about the client's TLS."),
	unbuiltServer("send-proxy-v2-ssl-cn", "", "Sends a PROXY protocol header of version 2 with the name in the client's certificate."),
}
