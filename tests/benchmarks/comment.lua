-- For wrk: a comment as Isso takes it, every one different.
local count = 0
function init()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Origin"] = wrk.scheme .. "://" .. wrk.host .. ":" .. wrk.port
end

function request()
  count = count + 1
  return wrk.format(nil, nil, nil, string.format('{"text":"A comment of some words, number %d","title":"x"}', count))
end
