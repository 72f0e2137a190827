.PHONY: help run test package bench accuracy page fuzz train
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

run: page ## build the package and the page, and serve the page on this machine (PORT=8080)
	@node scripts/serve.mjs build/page $(PORT)

test: ## prove everything: native, wasm, the packed package, the page in a real browser
	@bash scripts/test.sh

package: ## build the npm package into pkg/ and print its sizes
	@bash scripts/setup.sh build
	@bash scripts/package.sh

page: package ## build the static page into build/page
	@node scripts/page.mjs

bench: package ## speed and memory beside the usual ways to do the same, in one run (PYTHON with pandas and polars)
	@bash scripts/bench.sh

accuracy: package ## precision and recall of the signals on hand-labelled chats (HUASHU_DATA)
	@node pkg-tests/accuracy.mjs

fuzz: ## feed every reader with rubbish, guided by coverage, and every figure with new random shops (SECONDS_EACH=30, CASES=5000)
	@bash scripts/fuzz.sh

train: ## fit what the signals learn to the labelled chats in training/ (about a minute)
	@bash scripts/setup.sh build
	@cargo run --quiet --release --example train
