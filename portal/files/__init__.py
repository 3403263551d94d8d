"""Files in and out: posters, workbooks, bundles. Knows the plain values of core, never the store or the web."""
