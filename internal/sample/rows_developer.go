package sample

// Fetches for developers (manual 7.3.7).
var developerFetches = []Fetch{
	{Name: "internal.htx.data", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.free", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.free_data", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.has_eom", Out: Bool, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.nbblks", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.size", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx.used", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.data", Args: "string", Out: Bin, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.hdrname", Args: "string", Out: Str, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.hdrval", Args: "string", Out: Str, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.size", Args: "string", Out: Sint, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.start_line", Args: "string", Out: Str, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.htx_blk.type", Args: "string", Out: Str, Use: UseEither, Section: "7.3.7"},
	{Name: "internal.strm.is_htx", Out: Bool, Use: UseInternal, Section: "7.3.7"},
}
