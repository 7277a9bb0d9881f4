#if Redis

/// The Lua scripts that take the decisions within the server, each in one atomic step.
///
/// What they have in common:
///
/// - The first argument is the time, or `-` for the server's. All numbers are integers below 2⁵³, which Lua's only kind of number
///   (binary64) holds exactly; they are written with `%.0f`, since Lua's own conversion keeps 14 digits.
/// - Everything is read and computed before the first write, so that an error leaves nothing half done. Redis refuses writes for want of
///   memory at the first one or not at all.
/// - Each write is a `SET` with `PX`: a minute longer than the entry means anything. Decisions compare times and never rely on a
///   key's expiry.
enum RedisScript: Int, CaseIterable {
    case charge
    case note
    case record
    case penalty

    /// The source.
    var source: String {
        switch self {
        case .charge: Self.microseconds + Self.rate
        case .note: Self.microseconds + Self.firstSeen
        case .record: Self.milliseconds + Self.tally
        case .penalty: Self.milliseconds + Self.penalties
        }
    }

    /// `now` in microseconds.
    private static let microseconds = """
        local now = tonumber(ARGV[1])
        if not now then
          local time = redis.call('TIME')
          now = time[1] * 1000000 + time[2]
        end

        """

    /// `now` in milliseconds.
    private static let milliseconds = """
        local now = tonumber(ARGV[1])
        if not now then
          local time = redis.call('TIME')
          now = time[1] * 1000 + math.floor(time[2] / 1000)
        end

        """

    /// Keys: those of the charges; each holds `tat`. Arguments: the time; increment and tolerance for each key. Answer: 0, or the position of
    /// the charge that has the longest time to wait, from 1, and that time.
    private static let rate = """
        local following = {}
        local longest, position = 0, 0
        for i = 1, #KEYS do
          local value = redis.call('GET', KEYS[i])
          local tat = now
          if value then
            tat = tonumber(value)
            if tat < now then tat = now end
          end
          local later = tat + tonumber(ARGV[2 * i])
          local wait = later - tonumber(ARGV[2 * i + 1]) - now
          if wait > longest then
            longest = wait
            position = i
          end
          following[i] = later
        end
        if position > 0 then return {position, longest} end
        for i = 1, #KEYS do
          local later = following[i]
          if later > now and ARGV[2 * i] ~= '0' then
            redis.call('SET', KEYS[i], string.format('%.0f', later),
              'PX', string.format('%.0f', math.ceil((later - now) / 1000) + 60000))
          end
        end
        return 0
        """

    /// Keys: those of the sender, each with `first last passes`; then the trustee's, where there is one, with `last passes`.
    /// Arguments: the time; delay, retry window and lifetime in microseconds; passes of a trusted trustee; 1 for a trustee, else 0.
    /// Answer: 0 for unseen, 1 for trusted, {2, age} for early, {3, age} for passed, {4, passes} for known.
    private static let firstSeen = """
        local delay, window, lifetime, enough = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local count, trustee = #KEYS, nil
        local trust = 0
        if ARGV[6] == '1' then
          trustee = KEYS[count]
          count = count - 1
          if enough > 0 then
            local value = redis.call('GET', trustee)
            if value then
              local last, passes = string.match(value, '^(%-?%d+) (%d+)$')
              if now < tonumber(last) + lifetime then trust = tonumber(passes) end
            end
          end
        end
        local function save_trustee(passes)
          redis.call('SET', trustee, string.format('%.0f %.0f', now, passes),
            'PX', string.format('%.0f', math.ceil(math.max(lifetime, 0) / 1000) + 60000))
        end
        local function save(first, passes, lasts)
          local value = string.format('%.0f %.0f %.0f', first, now, passes)
          local time = string.format('%.0f', math.ceil(math.max(lasts, 0) / 1000) + 60000)
          for i = 1, count do redis.call('SET', KEYS[i], value, 'PX', time) end
        end
        if enough > 0 and trust >= enough then
          save_trustee(trust)
          return 1
        end
        local first, most = nil, 0
        for i = 1, count do
          local value = redis.call('GET', KEYS[i])
          if value then
            local began, last, passes = string.match(value, '^(%-?%d+) (%-?%d+) (%d+)$')
            began, last, passes = tonumber(began), tonumber(last), tonumber(passes)
            local over
            if passes > 0 then over = last + lifetime else over = began + window end
            if now < over then
              if not first or began < first then first = began end
              if passes > most then most = passes end
            end
          end
        end
        if most > 0 then
          save(first, most + 1, lifetime)
          return {4, most + 1}
        end
        if not first then
          save(now, 0, window)
          return 0
        end
        local age = math.max(0, now - first)
        if age < delay then
          save(first, 0, first + window - now)
          return {2, age}
        end
        save(first, 1, lifetime)
        if trustee and enough > 0 then save_trustee(trust + 1) end
        return {3, age}
        """

    /// Keys: those that an outcome counts for, each with `number failures outcomes failures-before outcomes-before end`, where `-`
    /// stands for no penalty. Arguments: the time; 1 for a failure, else 0; window in milliseconds; limit; share's minimum; share in
    /// percent; penalty in milliseconds. Answer: 0 for tolerated, {1, position} for exceeded, from 1, {2, remaining} for penalized.
    ///
    /// `failures * 100` and `percent * outcomes` may exceed 2⁵³ (10⁶ counts times a day, twice, times 101), so they are compared in two parts.
    private static let tally = """
        local failed = ARGV[2] == '1'
        local window, limit, minimum = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local percent, penalty = tonumber(ARGV[6]), tonumber(ARGV[7])
        local most, part = 1000000, 16777216
        local exceeded, longest = 0, 0
        local values, times = {}, {}
        for i = 1, #KEYS do
          local number, failures, outcomes, failures_before, outcomes_before, over = math.floor(now / window), 0, 0, 0, 0, nil
          local value = redis.call('GET', KEYS[i])
          if value then
            local n, f, o, fb, ob, e = string.match(value, '^(%-?%d+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
            local own = tonumber(n)
            failures, outcomes, failures_before, outcomes_before = tonumber(f), tonumber(o), tonumber(fb), tonumber(ob)
            over = tonumber(e)
            if number > own then
              if number == own + 1 then
                failures_before, outcomes_before = failures, outcomes
              else
                failures_before, outcomes_before = 0, 0
              end
              failures, outcomes = 0, 0
            else
              number = own
            end
          end
          if over and now < over then
            longest = math.max(longest, over - now)
          else
            outcomes = math.min(outcomes + 1, most)
            if failed then
              failures = math.min(failures + 1, most)
              local left = window - math.min(math.max(now - number * window, 0), window)
              local f = failures * window + failures_before * left
              local o = outcomes * window + outcomes_before * left
              local much = f >= limit * window
              if not much and o >= minimum * window then
                local fh, oh = math.floor(f / part), math.floor(o / part)
                much = (fh * 100 - oh * percent) * part >= (o - oh * part) * percent - (f - fh * part) * 100
              end
              if much then
                over = now + penalty
                failures, outcomes, failures_before, outcomes_before = 0, 0, 0, 0
                if exceeded == 0 then exceeded = i end
              end
            end
            local ending, lasts = '-', 2 * window
            if over then
              ending = string.format('%.0f', over)
              lasts = math.max(lasts, over - now)
            end
            values[i] = string.format('%.0f %.0f %.0f %.0f %.0f ',
              number, failures, outcomes, failures_before, outcomes_before) .. ending
            times[i] = string.format('%.0f', lasts + 60000)
          end
        end
        for i = 1, #KEYS do
          if values[i] then redis.call('SET', KEYS[i], values[i], 'PX', times[i]) end
        end
        if exceeded > 0 then return {1, exceeded} end
        if longest > 0 then return {2, longest} end
        return 0
        """

    /// Keys: those that may have a penalty. Argument: the time. Answer: the longest remaining time in milliseconds, or 0.
    private static let penalties = """
        local longest = 0
        for i = 1, #KEYS do
          local value = redis.call('GET', KEYS[i])
          if value then
            local over = tonumber(string.match(value, '(%S+)$'))
            if over and now < over then longest = math.max(longest, over - now) end
          end
        end
        return longest
        """
}

#endif
