package config

// unbuiltProxyRows are settings of proxies as a whole (manual 4.2).
var unbuiltProxyRows = Table{
	unbuilt(InBackends, "dispatch", "<address>:<port>", "Sends everything to one address without checks or queues, by a server of that address.").old(),
	unbuilt(InProxies, "filter", "<name> [param*]", "Puts a filter of the named kind into the way of the data."),
	unbuilt(InProxies, "filter-sequence", "{ request | response } <filter_list>", "Sets the order in which filters see requests or responses."),
	groupRow(InAnyProxy, "rate-limit", "", "'rate-limit' only supports 'sessions' (got '%s')"),
	unbuilt(InBackends|InDefaults, "transparent", "", "Is the old name of \"option transparent\".").old(),
	unbuiltFlag(InBackends, "transparent", "Connects to the address that the client asked for, by a server of the address 0.0.0.0.").old(),
	unbuilt(InBackends, "use-fcgi-app", "<name>", "Speaks to the servers as a FastCGI application says."),
	groupRow(InAnyProxy, "email-alert", "missing argument after 'email-alert'.", "email-alert: unknown argument '%s'."),
	unbuilt(InAnyProxy, "email-alert from", "<emailaddr>", "Sets the sender of e-mail alerts."),
	unbuilt(InAnyProxy, "email-alert level", "<level>", "Sets from what severity e-mail alerts are sent."),
	unbuilt(InAnyProxy, "email-alert mailers", "<mailersect>", "Sets the mailers section that e-mail alerts go through."),
	unbuilt(InAnyProxy, "email-alert myhostname", "<hostname>", "Sets the name by which mail servers are greeted."),
	unbuilt(InAnyProxy, "email-alert to", "<emailaddr>", "Sets the recipient of e-mail alerts."),
	unbuilt(InFrontends, "ssl-f-use", "[<sslbindconf> ...]", "Gives the frontend's TLS listeners a certificate."),
	unbuilt(InFrontends, "crt", "[<sslbindconf> ...]", "Is another name of ssl-f-use, which only the manual's matrix has."),
}
