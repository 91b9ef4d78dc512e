using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>Publishes each set of weights of an experiment once, so that an analysis knows how it was split.</summary>
internal sealed class AllocationDeclarations
{
    /// <summary>If a selector keeps creating versions, only the first ones are declared.</summary>
    private const int MaxDeclared = 1_000;

    /// <summary>Delay before retrying a declaration that found the queue full.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly ExposureSettings _settings;
    private readonly IVariantSet _variants;
    private readonly EventPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly BoundedDictionary<string, bool> _seen = new(MaxDeclared, StringComparer.Ordinal);

    /// <summary>Sets of weights that have not been published yet: the queue was full, or signals are switched off.</summary>
    private readonly ConcurrentQueue<(string Version, IReadOnlyDictionary<string, double> Weights)> _undeclared = new();
    private long _retryAt;
    private volatile bool _isEnabled;

    public AllocationDeclarations(ExposureSettings settings, IVariantSet variants, ReloadableOptions options, EventPublisher publisher)
    {
        _settings = settings;
        _variants = variants;
        _publisher = publisher;
        _time = publisher.Time;
        options.OnChange(current => _isEnabled = settings.IsEnabled && current.EnableAnalysisSignals);
    }

    /// <summary>Gets whether the weights have changed since the process started.</summary>
    public bool HasSeveralVersions => _seen.Count > 1;

    /// <summary>Declares the weights of a selection whose version is new.</summary>
    public void OnSelected(VariantSelection selection)
    {
        if (selection.AllocationVersion is not { } version || _seen.ContainsKey(version) || _seen.IsFull || !_seen.TryAdd(version, true))
        {
            return;
        }

        // A single variant is not a split.
        if (!_settings.IsEnabled || selection.Weights is not { } weights)
        {
            return;
        }

        if (Copy(weights) is not { } copy)
        {
            // It changed while it was being read: declare it with one of the next exposures.
            Keep(version, weights);
        }
        else if (copy.Count > 1)
        {
            Declare(version, copy);
        }
    }

    /// <summary>Declares again what has not been published yet, if there is capacity.</summary>
    public void RetryUndeclared()
    {
        if (_isEnabled && !_undeclared.IsEmpty && _time.GetTimestamp() >= Volatile.Read(ref _retryAt) && _publisher.Pipeline.HasCapacity)
        {
            Retry();
        }
    }

    /// <summary>Copies weights that belong to the selector, with the variant keys that exposures use; null if the selector changed them or threw in the meantime.</summary>
    private Dictionary<string, double>? Copy(IReadOnlyDictionary<string, double> weights)
    {
        try
        {
            Dictionary<string, double> copy = new(StringComparer.Ordinal);
            foreach (var (key, weight) in weights)
            {
                var own = _variants.Find(key)?.Key ?? key;
                copy[own] = copy.GetValueOrDefault(own) + weight;
            }

            return copy;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private void Retry()
    {
        for (var left = _undeclared.Count; left > 0 && _undeclared.TryDequeue(out var allocation); left--)
        {
            if (Copy(allocation.Weights) is not { } copy)
            {
                Keep(allocation.Version, allocation.Weights);
            }
            else if (copy.Count > 1)
            {
                Declare(allocation.Version, copy);
            }
        }
    }

    /// <summary>Declares how the experiment is split. If the queue is full, the declaration is counted as dropped and kept until there is capacity.</summary>
    private void Declare(string version, IReadOnlyDictionary<string, double> weights)
    {
        var result = _publisher.Write(Declaration(version, weights), EnqueueWait.InBackground);
        if (!result.IsAccepted)
        {
            Keep(version, weights);
        }
        else if (result.PendingAdmission is { } admission)
        {
            _ = KeepUnlessEnqueuedAsync(admission, version, weights);
        }
    }

    private async Task KeepUnlessEnqueuedAsync(Task<bool> admission, string version, IReadOnlyDictionary<string, double> weights)
    {
        if (!await admission.ConfigureAwait(false))
        {
            Keep(version, weights);
        }
    }

    private void Keep(string version, IReadOnlyDictionary<string, double> weights)
    {
        Volatile.Write(ref _retryAt, _time.GetTimestamp() + (long)(RetryInterval.TotalSeconds * _time.TimestampFrequency));
        _undeclared.Enqueue((version, weights));
    }

    private AnalysisSignalEvent Declaration(string version, IReadOnlyDictionary<string, double> weights)
    {
        var data = new OwnData { ["allocationVersion"] = version };
        foreach (var (key, weight) in weights)
        {
            data[$"weight:{key}"] = weight;
        }

        return new AnalysisSignalEvent
        {
            ExperimentName = _settings.ExperimentName,
            Timestamp = _time.GetUtcNow(),
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = $"Experiment {_settings.ExperimentName} splits by allocation {version}.",
            Data = data,
        };
    }
}
