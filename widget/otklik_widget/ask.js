(() => { const T = "@TEXTS@"; })();
