using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records changed assignments, of the subjects whose exposures are recorded, and each set of weights once.
/// </summary>
internal sealed class AssignmentRecorder : IAssignmentObserver
{
    /// <summary>Of a selector that counts its versions up, the first ones are declared.</summary>
    private const int MaxDeclared = 1_000;

    /// <summary>How long a declaration that found no room is left alone.</summary>
    private static readonly TimeSpan DeclareInterval = TimeSpan.FromSeconds(1);

    private readonly string _experimentName;
    private readonly AssignmentPolicy _policy;
    private readonly IVariantSet _variants;
    private readonly bool _storeKnows;
    private readonly bool _isOn;
    private readonly bool _exposuresFollowDecisions;
    private readonly SamplingMonitor _sampling;
    private readonly ExposureDeduplicator _memory;
    private readonly EventPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>Sets of weights that nobody was told of yet: there was no room, or signals are switched off.</summary>
    private readonly ConcurrentQueue<(string Version, IReadOnlyDictionary<string, double> Weights)> _undeclared = new();
    private long _declareAgainAt;
    private volatile bool _isEnabled;
    private volatile bool _declares;
    private volatile bool _comparesDecisions;

    public AssignmentRecorder(
        string experimentName,
        AssignmentPolicy policy,
        IVariantSet variants,
        bool storeKnows,
        ExposureSettings settings,
        ReloadableOptions options,
        SamplingMonitor sampling,
        ExposureDeduplicator memory,
        EventPublisher publisher,
        TimeProvider time)
    {
        _experimentName = experimentName;
        _policy = policy;
        _variants = variants;
        _storeKnows = storeKnows;
        _isOn = settings.IsEnabled;
        _exposuresFollowDecisions = settings.IsEnabled && settings.Semantics != ExposureSemantics.Explicit;
        _sampling = sampling;
        _memory = memory;
        _publisher = publisher;
        _time = time;
        options.OnChange(Take);
    }

    /// <summary>
    /// Whether decisions are to be compared one by one: neither the policy's store nor the memory of exposures, which is asked for each
    /// decision that may be exposed, knows the last one.
    /// </summary>
    public bool ComparesDecisions => _comparesDecisions;

    /// <summary>Compares a decision with the subject's last one.</summary>
    public void Decided(in Subject subject, Decision decision)
    {
        if (subject.Id is not null && _sampling.Value.Includes(subject.Id))
        {
            var claim = _memory.Claim(subject, decision.Variant.Id, decision.Variant.Id, _memory.Now, tellsRepeats: true);
            if (Compared(claim, subject, decision, _time.GetUtcNow()) is { } change)
            {
                Publish(change);
            }
        }
    }

    /// <summary>Compares an exposed decision with the one that was exposed before.</summary>
    /// <returns>What has changed; null for nothing.</returns>
    public AssignmentEvent? Exposed(in DeduplicationClaim claim, in Subject subject, Decision decision, DateTimeOffset at)
    {
        if (_declares && !_undeclared.IsEmpty && _time.GetTimestamp() >= Volatile.Read(ref _declareAgainAt) && _publisher.HasCapacity)
        {
            DeclareAgain();
        }

        return _exposuresFollowDecisions ? Compared(claim, subject, decision, at) : null;
    }

    public void OnAssignmentChanged(in Subject subject, string previousVariantKey, Decision decision, string reason)
    {
        if (ChangeOf(subject, previousVariantKey, decision, reason, _time.GetUtcNow()) is { } change)
        {
            Publish(change);
        }
    }

    /// <summary>Compares what a subject was assigned before it signed in with what it is now; says a difference once.</summary>
    public void SignedIn(in Subject previous, Decision before, in Subject subject, Decision decision)
    {
        if (before.Variant != decision.Variant
            && previous.Id is not null
            && !_memory.Claim(previous, before.Variant.Id, decision.Variant.Id, _memory.Now, tellsRepeats: false).IsRepeat)
        {
            OnAssignmentChanged(subject, before.Variant.Key, decision, AssignmentChangeReasons.IdentityChanged);
        }
    }

    public void OnSelected(VariantSelection selection)
    {
        if (selection.AllocationVersion is not { } version || _seen.Count >= MaxDeclared || !_seen.TryAdd(version, true))
        {
            return;
        }

        // One variant is no split.
        if (!_isOn || selection.Weights is not { } weights)
        {
            return;
        }

        if (Copy(weights) is not { } copy)
        {
            // Changed while it was read: declared with one of the next exposures.
            Keep(version, weights);
        }
        else if (copy.Count > 1)
        {
            Declare(version, copy);
        }
    }

    /// <summary>Copies what belongs to the selector, and may be changed or throw at any time; null if it did.</summary>
    private static Dictionary<string, double>? Copy(IReadOnlyDictionary<string, double> weights)
    {
        try
        {
            return new Dictionary<string, double>(weights.AsEnumerable(), StringComparer.Ordinal);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Forgets the subject's last decision.</summary>
    public void Forget(in Subject subject) => _memory.Forget(subject);

    private void Take(DataPlaneOptions options)
    {
        _isEnabled = _isOn && options.EnableAssignmentEvents;
        _declares = _isOn && options.EnableAnalysisSignals;
        _comparesDecisions = _isEnabled && !_storeKnows && !(_exposuresFollowDecisions && options.EnableExposureEvents);
    }

    private AssignmentEvent? Compared(in DeduplicationClaim claim, in Subject subject, Decision decision, DateTimeOffset at) =>
        !_storeKnows && claim.AssignedBefore is { } before && before != decision.Variant.Id
            ? ChangeOf(subject, _variants[before].Key, decision, ReasonOf(decision), at)
            : null;

    private AssignmentEvent? ChangeOf(in Subject subject, string previousVariantKey, Decision decision, string reason, DateTimeOffset at) =>
        _isEnabled && subject.Id is not null && _sampling.Value.Includes(subject.Id)
            ? new AssignmentEvent
            {
                ExperimentName = _experimentName,
                Timestamp = at,
                SubjectId = subject.Id,
                SubjectType = subject.Type,
                TenantId = subject.TenantId,
                PreviousVariantKey = previousVariantKey,
                NewVariantKey = decision.Variant.Key,
                ChangeReason = reason,
                AssignmentPolicy = _policy,
            }
            : null;

    private void DeclareAgain()
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

    /// <summary>Declares how the experiment is split. Where that finds no room it is counted as dropped, and kept to be declared when there is some.</summary>
    private void Declare(string version, IReadOnlyDictionary<string, double> weights)
    {
        var written = Publish(Declaration(version, weights));
        if (!written.IsAccepted)
        {
            Keep(version, weights);
        }
        else if (written.PendingAdmission is { } waiting)
        {
            _ = KeepUnlessQueuedAsync(waiting, version, weights);
        }
    }

    private async Task KeepUnlessQueuedAsync(Task<bool> waiting, string version, IReadOnlyDictionary<string, double> weights)
    {
        if (!await waiting.ConfigureAwait(false))
        {
            Keep(version, weights);
        }
    }

    private void Keep(string version, IReadOnlyDictionary<string, double> weights)
    {
        Volatile.Write(ref _declareAgainAt, _time.GetTimestamp() + (long)(DeclareInterval.TotalSeconds * _time.TimestampFrequency));
        _undeclared.Enqueue((version, weights));
    }

    private AnalysisSignalEvent Declaration(string version, IReadOnlyDictionary<string, double> weights)
    {
        var data = new Dictionary<string, object?> { ["allocationVersion"] = version };
        foreach (var (key, weight) in weights)
        {
            data[$"weight:{key}"] = weight;
        }

        return new AnalysisSignalEvent
        {
            ExperimentName = _experimentName,
            Timestamp = _time.GetUtcNow(),
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = $"Experiment {_experimentName} splits by allocation {version}.",
            Data = data,
        };
    }

    /// <summary>Where callers wait for room the event does too, and nobody for the event.</summary>
    private EnqueueResult Publish(DataPlaneEvent @event) => _publisher.Write(@event, WaitMode.Task, CancellationToken.None);

    /// <summary>Why the selector's answer is another than before, as far as the answer itself tells.</summary>
    private string ReasonOf(Decision decision) => decision.Reason switch
    {
        SelectionReasons.Override => AssignmentChangeReasons.Override,
        SelectionReasons.SelectorError or SelectionReasons.UnknownVariant => decision.Reason,
        SelectionReasons.TrialSelection => AssignmentChangeReasons.ConfigurationChanged,
        _ when decision.AllocationVersion is not null && _seen.Count > 1 => AssignmentChangeReasons.WeightsChanged,
        _ => AssignmentChangeReasons.SelectionChanged,
    };
}
