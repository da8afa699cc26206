package config

// unbuiltDeviceRows are the settings of device detection by the libraries of
// 51Degrees, DeviceAtlas and WURFL (manual 3.1).
var unbuiltDeviceRows = Table{
	unbuilt(InGlobal, "51degrees-allow-unmatched", "{ on | off }", "Sets whether 51Degrees answers with what was not matched."),
	unbuilt(InGlobal, "51degrees-cache-size", "<number>", "Sets how many results of 51Degrees are remembered."),
	unbuilt(InGlobal, "51degrees-data-file", "<file path>", "Sets the data file of 51Degrees."),
	unbuilt(InGlobal, "51degrees-difference", "<number>", "Sets how far hashes of 51Degrees may differ and still match."),
	unbuilt(InGlobal, "51degrees-drift", "<number>", "Sets how far apart 51Degrees may find a piece of text."),
	unbuilt(InGlobal, "51degrees-property-name-list", "[<string> ...]", "Sets which properties 51Degrees looks up."),
	unbuilt(InGlobal, "51degrees-property-separator", "<char>", "Sets what stands between the properties of 51Degrees."),
	unbuilt(InGlobal, "51degrees-use-performance-graph", "{ on | off }", "Sets whether 51Degrees uses its fast graph."),
	unbuilt(InGlobal, "51degrees-use-predictive-graph", "{ on | off }", "Sets whether 51Degrees uses its graph for unknown devices."),
	unbuilt(InGlobal, "deviceatlas-json-file", "<path>", "Sets the data file of DeviceAtlas."),
	unbuilt(InGlobal, "deviceatlas-log-level", "<value>", "Sets how much DeviceAtlas logs, from 0 to 3."),
	unbuilt(InGlobal, "deviceatlas-properties-cookie", "<name>", "Sets the cookie in which the client's part of DeviceAtlas sends properties."),
	unbuilt(InGlobal, "deviceatlas-separator", "<char>", "Sets what stands between the properties of DeviceAtlas."),
	unbuilt(InGlobal, "wurfl-cache-size", "<size>", "Sets how many results of WURFL are remembered."),
	unbuilt(InGlobal, "wurfl-data-file", "<file path>", "Sets the data file of WURFL."),
	unbuilt(InGlobal, "wurfl-information-list", "[<capability>]*", "Sets which capabilities WURFL looks up."),
	unbuilt(InGlobal, "wurfl-information-list-separator", "<char>", "Sets what stands between the capabilities of WURFL."),
	unbuilt(InGlobal, "wurfl-patch-file", "[<file path>]", "Sets files that amend the data of WURFL."),
}
