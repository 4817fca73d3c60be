module interop

go 1.18

require (
	golang.org/x/crypto v0.0.0
	golang.org/x/mod v0.0.0
)

// The copies that Go's own toolchain is built with, which scripts/interop_go.sh puts there.
replace (
	golang.org/x/crypto => ./x/crypto
	golang.org/x/mod => ./x/mod
)
