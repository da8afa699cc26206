package config

// unbuiltHTTPClientRows are the settings of requests that the process makes on
// its own (manual 3.4).
var unbuiltHTTPClientRows = Table{
	unbuilt(InGlobal, "httpclient.resolvers.disabled", "<on|off>", "Sets whether the HTTP client resolves no names."),
	unbuilt(InGlobal, "httpclient.resolvers.id", "<resolvers id>", "Sets the resolvers section that the HTTP client uses."),
	unbuilt(InGlobal, "httpclient.resolvers.prefer", "<ipv4|ipv6>", "Sets the family of addresses that the HTTP client prefers."),
	unbuilt(InGlobal, "httpclient.retries", "<number>", "Sets how often the HTTP client tries a failed request again."),
	unbuilt(InGlobal, "httpclient.ssl.ca-file", "<cafile>", "Sets the authorities that the HTTP client trusts."),
	unbuilt(InGlobal, "httpclient.ssl.verify", "[none|required]", "Sets whether the HTTP client verifies certificates."),
	unbuilt(InGlobal, "httpclient.timeout.connect", "<timeout>", "Limits how long the HTTP client waits for a connection."),
}
