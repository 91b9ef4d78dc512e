namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads lost exposures from accounts and error events.</summary>
/// <param name="faults">Collects the fault of an experiment, so that the losses of the others are still processed; null to throw the fault.</param>
/// <param name="expectsArrivals">Whether arriving exposures are counted as well, so that accounts can show which are missing.</param>
internal sealed class LossReports(ExperimentFaults? faults = null, bool expectsArrivals = true)
{
    private readonly IncompleteAccounts _accounts = new();

    /// <summary>Adds a part of an account. An account contains totals, so an experiment that is not in it has lost nothing.</summary>
    /// <param name="part">The part.</param>
    /// <param name="experiments">All experiments.</param>
    /// <param name="now">The time of processing.</param>
    public void Add(AccountingEvent part, IEnumerable<MonitoredExperiment> experiments, DateTimeOffset now)
    {
        AccountingEvent[] parts = [.. _accounts.Add(part)];
        if (parts.Length == 0)
        {
            return;
        }

        // An account has rows for all experiments. Each row is read once, whatever the number of experiments.
        var published = PublishedExposures(parts);
        var drops = parts.SelectMany(static account => account.Drops).Where(static row => row.EventType == nameof(DataPlaneEventType.Exposure)).ToLookup(static row => BoundedName.OfExperiment(row.ExperimentName), StringComparer.Ordinal);
        var calls = parts.SelectMany(static account => account.Calls).ToLookup(static row => BoundedName.OfExperiment(row.ExperimentName), StringComparer.Ordinal);
        foreach (var experiment in experiments)
        {
            try
            {
                Apply(part, (drops[experiment.Name], calls[experiment.Name], published.GetValueOrDefault(experiment.Name)), experiment, now);
            }
            catch (Exception exception) when (faults is not null)
            {
                faults.AddEvent(experiment.Name, exception);
            }
        }
    }

    private void Apply(
        AccountingEvent part, (IEnumerable<AccountedDrops> Drops, IEnumerable<AccountedCalls> Calls, long Published) rows, MonitoredExperiment experiment, DateTimeOffset now)
    {
        LossReasons lost = new();
        foreach (var drop in rows.Drops)
        {
            if (experiment.VariantOf(drop.VariantKey) is >= 0 and var variant)
            {
                lost.Add(variant, drop.Reason, Sum(0, drop.Count));
            }
        }

        experiment.Lost.SetAccounted(BoundedName.Of(part.ProducerId), part.SequenceNumber, part.IsLast, lost);
        if (expectsArrivals)
        {
            experiment.Received.SetExpected(part, rows.Published, CallsOf(experiment, rows.Calls), now);
        }

        experiment.HasNewEvidence = true;
    }

    private static CallCounts[] CallsOf(MonitoredExperiment experiment, IEnumerable<AccountedCalls> rows)
    {
        CallCounts[] calls = [];
        foreach (var row in rows)
        {
            if (experiment.VariantOf(row.VariantKey) is >= 0 and var variant)
            {
                calls = variant < calls.Length ? calls : [.. calls, .. new CallCounts[variant + 1 - calls.Length]];
                calls[variant] += new CallCounts(Sum(0, row.ExposingCalls), Sum(0, row.RepeatsNotRecorded), Sum(0, row.SampledOut), Sum(0, row.NoSubject));
            }
        }

        return calls;
    }

    /// <summary>A stream can contain any number: the sum must not overflow, and negative counts are ignored.</summary>
    private static long Sum(long sum, long count) => Math.Min(LossReasons.MaxCount, sum + Math.Clamp(count, 0, LossReasons.MaxCount));

    /// <summary>The exposures that were published and not dropped, by experiment. Drops of events that the producer took over from another producer are not its own.</summary>
    private static Dictionary<string, long> PublishedExposures(AccountingEvent[] parts)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (var row in parts.SelectMany(static account => account.Published).Where(static row => row.EventType == nameof(DataPlaneEventType.Exposure)))
        {
            var name = BoundedName.OfExperiment(row.ExperimentName);
            counts[name] = Sum(counts.GetValueOrDefault(name), row.Count);
        }

        foreach (var row in parts.SelectMany(static account => account.Drops).Where(static row => row.EventType == nameof(DataPlaneEventType.Exposure) && row.OriginalProducerId is null))
        {
            var name = BoundedName.OfExperiment(row.ExperimentName);
            counts[name] = counts.GetValueOrDefault(name) - Sum(0, row.Count);
        }

        return counts;
    }

    /// <summary>Adds the losses reported by an error event, as arrays of equal length, unless they were added before.</summary>
    /// <param name="id">The id of the event.</param>
    /// <param name="loss">The data of the event.</param>
    /// <param name="find">Finds an experiment by its name; null if it is not monitored.</param>
    public void Add(Guid id, IReadOnlyDictionary<string, object?> loss, Func<string, MonitoredExperiment?> find)
    {
        var (experiments, variants, types, reasons, counts) = (Column("experiment"), Column("variant"), Column("eventType"), Column("reason"), Column("count"));
        var producer = ProducerId.Of(id);
        Dictionary<MonitoredExperiment, bool> answers = [];
        var rows = Math.Min(Math.Min(experiments.Length, variants.Length), Math.Min(types.Length, counts.Length));
        for (var row = 0; row < rows; row++)
        {
            if (types[row] is nameof(DataPlaneEventType.Exposure)
                && experiments[row] is string name
                && find(name) is { } experiment
                && variants[row] is string key
                && EventNumber.Of(counts[row]) is > 0 and < long.MaxValue and var count
                && IsNew(experiment))
            {
                Add(experiment, producer, (key, row < reasons.Length ? reasons[row] as string : null), (long)count);
            }
        }

        // An event can have several rows of an experiment.
        bool IsNew(MonitoredExperiment experiment)
        {
            if (!answers.TryGetValue(experiment, out var isNew))
            {
                answers.Add(experiment, isNew = experiment.Lost.TryAddEvent(id));
            }

            return isNew;
        }

        object?[] Column(string name) => loss.GetValueOrDefault(name) is System.Collections.IEnumerable values and not string ? [.. values.Cast<object?>()] : [];
    }

    private void Add(MonitoredExperiment experiment, string producer, (string Variant, string? Reason) lost, long count)
    {
        try
        {
            if (experiment.VariantOf(lost.Variant) is >= 0 and var variant)
            {
                experiment.Lost.AddReported(producer, variant, lost.Reason, count);
                experiment.HasNewEvidence = true;
            }
        }
        catch (Exception exception) when (faults is not null)
        {
            faults.AddEvent(experiment.Name, exception);
        }
    }
}
