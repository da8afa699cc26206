package config

// unbuiltHTTPRows are settings of HTTP in proxies (manual 4.2).
var unbuiltHTTPRows = Table{
	groupRow(InAnyProxy, "compression", "", "'compression' expects 'algo', 'type', 'direction', 'offload', 'minsize-req' or 'minsize-res'."),
	unbuilt(InAnyProxy, "compression algo", "<algorithm> ...", "Sets the algorithms that responses are compressed with."),
	unbuilt(InAnyProxy, "compression algo-req", "<algorithm>", "Sets the algorithm that requests are compressed with."),
	unbuilt(InAnyProxy, "compression algo-res", "<algorithm>", "Sets the algorithm that responses are compressed with."),
	unbuilt(InAnyProxy, "compression direction", "<direction>", "Sets whether requests, responses or both are compressed."),
	unbuilt(InAnyProxy, "compression minsize-req", "<size>", "Sets from what size requests are compressed."),
	unbuilt(InAnyProxy, "compression minsize-res", "<size>", "Sets from what size responses are compressed."),
	unbuilt(InAnyProxy, "compression offload", "", "Keeps servers from compressing, so that only the proxy does."),
	unbuilt(InAnyProxy, "compression type", "<mime type> ...", "Sets which types of responses are compressed."),
	unbuilt(InAnyProxy, "compression type-req", "<mime type> ...", "Sets which types of requests are compressed."),
	unbuilt(InAnyProxy, "compression type-res", "<mime type> ...", "Sets which types of responses are compressed, another name of \"compression type\"."),
	groupRow(InAnyProxy, "monitor", "", "'monitor' only supports 'fail'."),
	unbuilt(InFrontends, "monitor fail", "{ if | unless } <condition> ...", "Makes monitor-uri report a failure under a condition."),
}
