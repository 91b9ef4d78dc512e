namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The exposures of one experiment that producers reported as lost since its runs began, by variant and reason. Accounts contain totals; error events contain losses since the last account, until the next account replaces them.
/// </summary>
internal sealed class LostExposures
{
    /// <summary>The maximum number of rows by variant and reason, over all producers; losses beyond it are counted under <see cref="ExposureTallies.OtherReasons"/>.</summary>
    private const int MaxRows = 8_192;

    /// <summary>The ids of the last 1,024 error events are always known, and never those of more than 2,048: they are written with every change of the losses, and never age.</summary>
    private const int MaxEventSlots = 2_048;

    private readonly Dictionary<string, Loss> _producers = new(StringComparer.Ordinal);
    private readonly LossReasons _endedReasons = new();
    private readonly LossReasons _reasonsBefore = new();
    private readonly long[] _ended = new long[SubjectTable.MaxVariants];
    private readonly long[] _sum = new long[SubjectTable.MaxVariants];
    private readonly long[] _before = new long[SubjectTable.MaxVariants];
    private readonly long[] _total = new long[SubjectTable.MaxVariants];
    private RecentIds _events = new(maxSlots: MaxEventSlots);
    private int _rows;

    /// <summary>The losses by the index of the variant.</summary>
    public ReadOnlyMemory<long> ByVariant => _total;

    /// <summary>The losses of all variants.</summary>
    public long Total { get; private set; }

    /// <summary>Whether anything was lost.</summary>
    public bool Any => Total > 0;

    /// <summary>The losses by variant and reason, largest first.</summary>
    public IReadOnlyList<(int Variant, string Reason, long Count)> ByReason
    {
        get
        {
            var sum = TotalReasons();
            sum.Add(_reasonsBefore, -1);
            var rest = _total.ToArray();
            foreach (var (variant, _, count) in sum.Rows)
            {
                rest[variant] -= count;
            }

            for (var variant = 0; variant < rest.Length; variant++)
            {
                sum.Add(variant, ExposureTallies.OtherReasons, Math.Max(0, rest[variant]));
            }

            return sum.Rows;
        }
    }

    /// <summary>Sets the totals of an account. An account that is older than the producer's latest is ignored.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="sequence">The number of the account.</param>
    /// <param name="isLast">Whether it is the last one of its producer.</param>
    /// <param name="reasons">The losses by variant and reason.</param>
    public void SetAccounted(string producer, long sequence, bool isLast, LossReasons reasons)
    {
        if ((_producers.ContainsKey(producer) || reasons.Count > 0) && TryGet(producer, out var loss) && sequence >= loss.Sequence)
        {
            loss.AddTo(_sum, -1);
            loss.Sequence = sequence;
            loss.IsLast = isLast;
            reasons.CopyTo(loss.Accounted);
            SetReasons(loss, reasons);
            loss.Reported.AsSpan().Clear();
            loss.AddTo(_sum, 1);
            Subtract();
        }
    }

    /// <summary>Remembers an error event whose losses are to be added: they are sums, so one that is delivered twice must not be added twice, also after a restart.</summary>
    /// <returns>False if it is known. The last 1,024 always are.</returns>
    public bool TryAddEvent(Guid id) => _events.TryAdd(RecentIds.Of(id));

    /// <summary>Adds the loss reported by an error event. The event at the end of a loss includes what the event at its start reported, so the sum can exceed what was lost.</summary>
    public void AddReported(string producer, int variant, string? reason, long count)
    {
        if (TryGet(producer, out var loss))
        {
            var before = loss.Reported[variant];
            loss.Reported[variant] = Math.Min(LossReasons.MaxCount, before + Math.Clamp(count, 0, LossReasons.MaxCount));
            if (_rows < MaxRows)
            {
                var rows = loss.Reasons.Count;
                loss.Reasons.Add(variant, reason, loss.Reported[variant] - before);
                _rows += loss.Reasons.Count - rows;
            }

            _sum[variant] += loss.Reported[variant] - before;
            Subtract();
        }
    }

    /// <summary>Starts over: what was lost until now belongs to runs that have ended.</summary>
    public void StartOver()
    {
        _sum.CopyTo(_before, 0);
        _reasonsBefore.Clear();
        _reasonsBefore.Add(TotalReasons(), 1);
        Subtract();
    }

    /// <summary>Writes the losses.</summary>
    public void Write(BinaryWriter writer)
    {
        Write(writer, _ended);
        Write(writer, _before);
        _endedReasons.Write(writer);
        _reasonsBefore.Write(writer);
        writer.Write(_producers.Count);
        foreach (var (producer, loss) in _producers)
        {
            writer.Write(producer);
            writer.Write(loss.Sequence);
            writer.Write(loss.IsLast);
            Write(writer, loss.Accounted);
            Write(writer, loss.Reported);
            loss.Reasons.Write(writer);
        }

        _events.Write(writer);
    }

    /// <summary>Reads the data written by <see cref="Write(BinaryWriter)"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        Read(reader, _ended);
        Read(reader, _before);
        _endedReasons.Read(reader);
        _reasonsBefore.Read(reader);
        for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, LossReasons.MaxProducers); left > 0; left--)
        {
            var loss = _producers[reader.ReadString()] = new Loss();
            loss.Sequence = reader.ReadInt64();
            loss.IsLast = reader.ReadBoolean();
            Read(reader, loss.Accounted);
            Read(reader, loss.Reported);
            LossReasons reasons = new();
            reasons.Read(reader);
            SetReasons(loss, reasons);
        }

        _events = RecentIds.Read(reader, MaxEventSlots);
        _ended.CopyTo(_sum, 0);
        foreach (var loss in _producers.Values)
        {
            loss.AddTo(_sum, 1);
        }

        Subtract();
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<long> counts)
    {
        counts = counts[..(counts.LastIndexOfAnyExcept(0) + 1)];
        writer.Write((byte)counts.Length);
        foreach (var count in counts)
        {
            writer.Write(count);
        }
    }

    private static void Read(BinaryReader reader, Span<long> counts)
    {
        var length = OutcomeFormat.Range(reader.ReadByte(), 0, counts.Length);
        for (var index = 0; index < length; index++)
        {
            counts[index] = Math.Min(OutcomeFormat.ReadCount(reader), LossReasons.MaxSum);
        }
    }

    private bool TryGet(string producer, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Loss? loss)
    {
        if (_producers.TryGetValue(producer, out loss))
        {
            return true;
        }

        if (_producers.Count == LossReasons.MaxProducers)
        {
            AddUpEnded();
        }

        if (_producers.Count < LossReasons.MaxProducers)
        {
            _producers.Add(producer, loss = new Loss());
        }

        return loss is not null;
    }

    private void AddUpEnded()
    {
        foreach (var (producer, loss) in _producers)
        {
            if (loss.IsLast)
            {
                loss.AddTo(_ended, 1);
                _endedReasons.Add(loss.Reasons, 1);
                SetReasons(loss, new LossReasons());
                _producers.Remove(producer);
            }
        }

        for (var variant = 0; variant < _ended.Length; variant++)
        {
            var excess = Math.Max(0, _ended[variant] - LossReasons.MaxSum);
            _ended[variant] -= excess;
            _sum[variant] -= excess;
        }
    }

    private void SetReasons(Loss loss, LossReasons reasons)
    {
        _rows -= loss.Reasons.Count;
        loss.Reasons = _rows + reasons.Count <= MaxRows ? reasons : new LossReasons();
        _rows += loss.Reasons.Count;
    }

    private LossReasons TotalReasons()
    {
        LossReasons sum = new();
        sum.Add(_endedReasons, 1);
        foreach (var loss in _producers.Values)
        {
            sum.Add(loss.Reasons, 1);
        }

        return sum;
    }

    private void Subtract()
    {
        for (var variant = 0; variant < _total.Length; variant++)
        {
            // An account can report fewer losses than the error events before it.
            _total[variant] = Math.Max(0, _sum[variant] - _before[variant]);
        }

        Total = _total.Sum();
    }

    private sealed class Loss
    {
        public long Sequence { get; set; }

        public bool IsLast { get; set; }

        public long[] Accounted { get; } = new long[SubjectTable.MaxVariants];

        public long[] Reported { get; } = new long[SubjectTable.MaxVariants];

        /// <summary>The accounted and reported losses together, by reason.</summary>
        public LossReasons Reasons { get; set; } = new();

        public void AddTo(Span<long> sums, int sign)
        {
            for (var variant = 0; variant < sums.Length; variant++)
            {
                sums[variant] += sign * (Accounted[variant] + Reported[variant]);
            }
        }
    }
}
