// What is done to a run in Redis, each in one piece that nothing comes between (Lua).
//
// A run's keys, all of them with an expiry:
//   run          hash: what is fitted and with what, the state, the round, counters, the progress
//   coordinator  who leads the run: a lease
//   holders      hash: who holds each shard. Others are refused: a worker that slept, and whose shard was given away
//   up           hash: what the shards have handed in for this round
//   log          stream: the sums of every round, under the round's number; where there are checkpoints, since the
//                last one that all shards have
//   finished     hash: in how many pieces each finished shard has handed in what it has come to
//   results      hash: these pieces, under "shard.piece"
//   input        what the shards of a fine-tuning run begin with
//   state        a fine-tuning run as it was at the beginning of the round that the field "saved" of the run names: the
//                log needs no older sums. Of a fit the field names the round of the last checkpoint of all shards

/** Refuses who does not hold the shard. KEYS: run, holders. ARGV: shard, token. */
const guard = `
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'gone'} end
if state ~= 'running' then return {'ended'} end
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return {'refused'} end
`;

/** Refuses another round than the one that is on. ARGV[3]: round. */
const sameRound = `
local round = tonumber(redis.call('HGET', KEYS[1], 'round'))
local mine = tonumber(ARGV[3])
if mine < round then return {'late'} end
if mine > round then return {'ahead'} end
`;

/** What is left behind does not stay for ever. Of all keys that the script was given. */
const expire = `
local expiry = redis.call('HGET', KEYS[1], 'expiry')
for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], expiry) end
`;

export const scripts = {
  /**
   * A shard has a new holder. KEYS: run, holders, input, state. ARGV: shard, token, how many shards, 1 where
   * the holder has the input. Answers the round that is on, that of the state or the
   * checkpoint, the input and the state, "" where there is none.
   */
  hold: `
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'gone'} end
if state ~= 'running' or redis.call('HGET', KEYS[1], 'shards') ~= ARGV[3] then return {'ended'} end
local before = redis.call('HGET', KEYS[2], ARGV[1])
if before and before ~= ARGV[2] then redis.call('HINCRBY', KEYS[1], 'takeovers', 1) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local saved = redis.call('HGET', KEYS[1], 'saved')
local input = ARGV[4] ~= '1' and redis.call('GET', KEYS[3])
return {'held', redis.call('HGET', KEYS[1], 'round'), saved or '', input or '', redis.call('GET', KEYS[4]) or ''}`,

  /** Whether a shard is still the holder's. KEYS: run, holders. ARGV: shard, token. */
  isHeld: `${guard}
return {'done'}`,

  /** A holder gives its shard back. */
  letGo: `
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[2], ARGV[1]) end
return {'done'}`,

  /**
   * KEYS: run, holders, up. ARGV: shard, token, round, and what is handed in: "" where it should be there already.
   * Who finds that all have handed in gets all there is, to add it up.
   */
  handIn: `${guard}${sameRound}
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
  redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[4])
  ${expire}
elseif redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then
  return {'missing'}
end
if redis.call('HLEN', KEYS[3]) < tonumber(redis.call('HGET', KEYS[1], 'shards')) then return {'waiting'} end
local all = redis.call('HGETALL', KEYS[3])
table.insert(all, 1, 'complete')
return all`,

  /**
   * KEYS: run, holders, up, log. ARGV: shard, token, round, the sums, and 1 where all shards have written checkpoints
   * before they handed in.
   */
  publish: `${guard}${sameRound}
if ARGV[5] == '1' then
  redis.call('DEL', KEYS[4])
  redis.call('HSET', KEYS[1], 'saved', ARGV[3], 'logged', 0)
end
redis.call('XADD', KEYS[4], ARGV[3] .. '-0', 'sums', ARGV[4])
redis.call('DEL', KEYS[3])
redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[4] * tonumber(redis.call('HGET', KEYS[1], 'shards')))
redis.call('HINCRBY', KEYS[1], 'logged', #ARGV[4])
redis.call('HINCRBY', KEYS[1], 'round', 1)
${expire}
return {'done'}`,

  /**
   * A checkpoint is lost: the run goes back to its start, and every shard with it.
   * KEYS: run, holders, up, log, finished, results. ARGV: shard, token, round of the checkpoint.
   */
  goBack: `${guard}
if redis.call('HGET', KEYS[1], 'saved') ~= ARGV[3] then return {'done'} end
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5], KEYS[6])
redis.call('HDEL', KEYS[1], 'saved')
redis.call('HSET', KEYS[1], 'round', 1, 'logged', 0)
return {'done'}`,

  /** KEYS: run, holders. ARGV: shard, token, a field of the run, how many more. */
  count: `${guard}
redis.call('HINCRBY', KEYS[1], ARGV[3], ARGV[4])
return {'done'}`,

  /** KEYS: run, holders. ARGV: shard, token, a field of the run, its value. */
  note: `${guard}
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
return {'done'}`,

  /** KEYS: run, holders. ARGV: shard, token, why. */
  fail: `${guard}
redis.call('HSET', KEYS[1], 'state', 'failed', 'failure', ARGV[3])
return {'done'}`,

  /**
   * KEYS: run, holders, finished, results. ARGV: shard, token, number of the piece, the piece, how many there are.
   * With the last piece of the last shard the run is done.
   */
  finish: `${guard}
redis.call('HSET', KEYS[4], ARGV[1] .. '.' .. ARGV[3], ARGV[4])
redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[4])
if tonumber(ARGV[3]) + 1 == tonumber(ARGV[5]) then redis.call('HSET', KEYS[3], ARGV[1], ARGV[5]) end
${expire}
if redis.call('HLEN', KEYS[3]) == tonumber(redis.call('HGET', KEYS[1], 'shards')) then
  redis.call('HSET', KEYS[1], 'state', 'done')
end
return {'done'}`,

  /**
   * Takes the lead of a run, new or to be gone on with. KEYS: all of them, coordinator second.
   * ARGV: token, lease, whether to go on with what is there, then into how many shards, where this is said; fields and
   * values.
   */
  lead: `
local other = redis.call('GET', KEYS[2])
if other and other ~= ARGV[1] then return {'led', other, redis.call('PTTL', KEYS[2])} end
local state = redis.call('HGET', KEYS[1], 'state')
if ARGV[3] == '1' then
  if not state then return {'gone'} end
  local identity = redis.call('HGET', KEYS[1], 'identity')
  for i = 5, #ARGV, 2 do
    if ARGV[i] == 'identity' and ARGV[i + 1] ~= identity then return {'differs', identity} end
  end
  if state ~= 'done' then
    redis.call('HSET', KEYS[1], 'state', 'running')
    if ARGV[4] ~= '' and ARGV[4] ~= redis.call('HGET', KEYS[1], 'shards') then
      -- The sums are the same for any shards; what these have handed in is not.
      redis.call('HSET', KEYS[1], 'shards', ARGV[4])
      redis.call('DEL', KEYS[3], KEYS[4], KEYS[6], KEYS[7])
    end
  end
  redis.call('HDEL', KEYS[1], 'failure')
else
  if state == 'running' or state == 'done' then return {'there', state} end
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', KEYS[1], 'state', 'running', 'round', '1', unpack(ARGV, 5))
end
${expire}
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {'leads'}`,

  /** Keeps the lead, and the keys. KEYS as for lead. ARGV: token, lease. */
  watch: `
local leader = redis.call('GET', KEYS[2])
if leader and leader ~= ARGV[1] then return {'led', leader} end
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
${expire}
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {'leads', redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[3]), redis.call('HKEYS', KEYS[6])}`,

  /**
   * Keeps what shards begin with. KEYS: run, coordinator, input, state, log. ARGV: token, the input or "", the round of
   * the state, the state, the first round whose sums are still needed.
   */
  save: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {'refused'} end
if ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2]) end
if ARGV[4] ~= '' then
  redis.call('SET', KEYS[4], ARGV[4])
  redis.call('HSET', KEYS[1], 'saved', ARGV[3])
  redis.call('XTRIM', KEYS[5], 'MINID', ARGV[5] .. '-0')
end
redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[2] + #ARGV[4])
local expiry = redis.call('HGET', KEYS[1], 'expiry')
for i = 3, #KEYS do redis.call('PEXPIRE', KEYS[i], expiry) end
return {'done'}`,

  /** Gives the lead back. ARGV: token, the state that a running run gets. */
  resign: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {'refused'} end
if redis.call('HGET', KEYS[1], 'state') == 'running' then redis.call('HSET', KEYS[1], 'state', ARGV[2]) end
redis.call('DEL', KEYS[2])
return {'done'}`,

  /** The model has been fetched: nothing of the run stays, also where the lease has run out meanwhile. ARGV: token. */
  clear: `
local other = redis.call('GET', KEYS[2])
if other and other ~= ARGV[1] then return {'refused'} end
redis.call('UNLINK', unpack(KEYS))
return {'done'}`,
} as const;
