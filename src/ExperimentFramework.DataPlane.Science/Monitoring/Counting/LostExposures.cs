namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The exposures of one experiment that producers say they lost, by variant. Accounts give totals; error events give losses since the last account, until the next account replaces them.
/// </summary>
internal sealed class LostExposures
{
    /// <summary>The losses of producers beyond this many are added up.</summary>
    private const int MaxProducers = 256;

    private readonly Dictionary<string, Loss> _producers = new(StringComparer.Ordinal);
    private readonly long[] _earlier = new long[SubjectTable.MaxVariants];
    private readonly long[] _total = new long[SubjectTable.MaxVariants];

    /// <summary>The losses by the index of the variant.</summary>
    public ReadOnlyMemory<long> ByVariant => _total;

    /// <summary>The losses of all variants.</summary>
    public long Total { get; private set; }

    /// <summary>Whether anything was lost.</summary>
    public bool Any => Total > 0;

    /// <summary>The losses by producer, for a snapshot. Those of error events are left out: the next account has them.</summary>
    public IEnumerable<(string Producer, long[] Counts)> Accounted => _producers.Select(static entry => (entry.Key, entry.Value.Accounted));

    /// <summary>The sum of the losses of producers that are no longer kept by themselves.</summary>
    public ReadOnlySpan<long> Earlier => _earlier;

    /// <summary>Takes the totals of an account.</summary>
    public void SetAccounted(string producer, ReadOnlySpan<long> counts)
    {
        if (!_producers.ContainsKey(producer) && !counts.ContainsAnyExcept(0))
        {
            return;
        }

        var loss = Get(producer);
        counts.CopyTo(loss.Accounted);
        loss.Reported.AsSpan().Clear();
        Sum();
    }

    /// <summary>Adds the loss that an error event reports. The event of its end repeats what the event of its start said, so this may be more than was lost.</summary>
    public void AddReported(string producer, int variant, long count)
    {
        Get(producer).Reported[variant] += count;
        Sum();
    }

    /// <summary>Restores what a snapshot held.</summary>
    public void Restore(ReadOnlySpan<long> earlier, IEnumerable<(string Producer, long[] Counts)> accounted)
    {
        earlier.CopyTo(_earlier);
        foreach (var (producer, counts) in accounted)
        {
            counts.CopyTo(Get(producer).Accounted.AsSpan());
        }

        Sum();
    }

    private Loss Get(string producer)
    {
        if (_producers.TryGetValue(producer, out var loss))
        {
            return loss;
        }

        if (_producers.Count == MaxProducers)
        {
            foreach (var other in _producers.Values)
            {
                other.AddTo(_earlier);
            }

            _producers.Clear();
        }

        return _producers[producer] = new Loss();
    }

    private void Sum()
    {
        _earlier.CopyTo(_total.AsSpan());
        foreach (var loss in _producers.Values)
        {
            loss.AddTo(_total);
        }

        Total = _total.Sum();
    }

    private sealed class Loss
    {
        public long[] Accounted { get; } = new long[SubjectTable.MaxVariants];

        public long[] Reported { get; } = new long[SubjectTable.MaxVariants];

        public void AddTo(Span<long> sums)
        {
            for (var variant = 0; variant < sums.Length; variant++)
            {
                sums[variant] += Accounted[variant] + Reported[variant];
            }
        }
    }
}
