"""Twenty years of archives (CC-NEWS and other WARC files) through the same reading as a day's crawl.

`slices` reads a stretch of one file after a look at its bytes (`prefilter`), `drops`
are the reasons why one is passed over, `homes` says whose page it is,
`pools` are where slices are read, `drive` hands them out and writes what they found; the store remembers
how far each file was read.
"""
