namespace ExperimentFramework.DataPlane;

/// <summary>
/// Records changed assignments of the subjects whose exposures are recorded.
/// </summary>
internal sealed class AssignmentRecorder : IAssignmentObserver
{
    private readonly string _experimentName;
    private readonly AssignmentPolicy _policy;
    private readonly IVariantSet _variants;
    private readonly bool _storeKnows;
    private readonly bool _isOn;
    private readonly bool _exposuresFollowDecisions;
    private readonly SamplingMonitor _sampling;
    private readonly ExposureDeduplicator _lastDecisions;
    private readonly EventPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly AllocationDeclarations _declarations;
    private volatile bool _isEnabled;
    private volatile bool _comparesDecisions;

    public AssignmentRecorder(
        ExposureSettings settings,
        AssignmentPolicy policy,
        IVariantSet variants,
        bool storeKnows,
        ReloadableOptions options,
        SamplingMonitor sampling,
        ExposureDeduplicator lastDecisions,
        EventPublisher publisher)
    {
        _experimentName = settings.ExperimentName;
        _policy = policy;
        _variants = variants;
        _storeKnows = storeKnows;
        _isOn = settings.IsEnabled;
        _exposuresFollowDecisions = settings.IsEnabled && settings.Semantics != ExposureSemantics.Explicit;
        _sampling = sampling;
        _lastDecisions = lastDecisions;
        _publisher = publisher;
        _time = publisher.Time;
        _declarations = new AllocationDeclarations(settings, variants, options, publisher);
        options.OnChange(OnOptionsChanged);
    }

    /// <summary>
    /// Gets whether decisions must be compared one by one: neither the policy's store nor the deduplication of exposures, which sees each
    /// decision that may be exposed, knows the last one.
    /// </summary>
    public bool ComparesDecisions => _comparesDecisions;

    /// <summary>Whether a change of the subject's assignment would be recorded.</summary>
    public bool MayRecord(in Subject subject) => _isEnabled && subject.Id is not null && _sampling.Value.Includes(subject.Id);

    /// <summary>Compares a decision with the subject's last one.</summary>
    public void Decided(in Subject subject, Decision decision)
    {
        if (subject.Id is not null && _sampling.Value.Includes(subject.Id))
        {
            var claim = _lastDecisions.Claim(subject, decision.Variant.Id, decision.Variant.Id, _lastDecisions.Now, refreshOnRepeat: true);
            if (Compared(claim, subject, decision, _time.GetUtcNow()) is { } change)
            {
                Publish(change);
            }
        }
    }

    /// <summary>Compares an exposed decision with the one that was exposed before.</summary>
    /// <returns>The change to publish; null if nothing changed.</returns>
    public AssignmentEvent? Exposed(in DeduplicationClaim claim, in Subject subject, Decision decision, DateTimeOffset at)
    {
        _declarations.RetryUndeclared();
        return _exposuresFollowDecisions ? Compared(claim, subject, decision, at) : null;
    }

    public void OnAssignmentChanged(in Subject subject, string previousVariantKey, Decision decision, string reason)
    {
        if (ChangeOf(subject, previousVariantKey, decision, reason, _time.GetUtcNow()) is { } change)
        {
            Publish(change);
        }
    }

    /// <summary>
    /// Compares the assignment of a subject before it signed in with the one it has now, and records a difference once for each of the two: several people may sign in
    /// on one browser.
    /// </summary>
    public void SignedIn(in Subject previous, Decision before, in Subject subject, Decision decision)
    {
        if (before.Variant != decision.Variant
            && previous.Id is not null
            && !_lastDecisions.Claim(SignInOf(previous, subject), before.Variant.Id, decision.Variant.Id, _lastDecisions.Now, refreshOnRepeat: false).IsRepeat)
        {
            OnAssignmentChanged(subject, before.Variant.Key, decision, AssignmentChangeReasons.IdentityChanged);
        }
    }

    public void OnSelected(VariantSelection selection) => _declarations.OnSelected(selection);

    /// <summary>Forgets the subject's last decision.</summary>
    public void Forget(in Subject subject) => _lastDecisions.Forget(subject);

    /// <summary>Returns a key of its own, so that what is remembered of the previous subject's exposures stays as it is.</summary>
    private static Subject SignInOf(in Subject previous, in Subject subject) => new(
        $"{previous.Id!.Length}:{previous.Id}:{subject.Id}", $"{previous.Type}:{subject.Type}", subject.TenantId);

    private void OnOptionsChanged(DataPlaneOptions options)
    {
        _isEnabled = _isOn && options.EnableAssignmentEvents;
        _comparesDecisions = _isEnabled && !_storeKnows && !(_exposuresFollowDecisions && options.EnableExposureEvents);
    }

    private AssignmentEvent? Compared(in DeduplicationClaim claim, in Subject subject, Decision decision, DateTimeOffset at) =>
        !_storeKnows && claim.AssignedBefore is { } before && before != decision.Variant.Id
            ? ChangeOf(subject, _variants[before].Key, decision, ReasonOf(decision), at)
            : null;

    private AssignmentEvent? ChangeOf(in Subject subject, string previousVariantKey, Decision decision, string reason, DateTimeOffset at) =>
        MayRecord(subject)
            ? new AssignmentEvent
            {
                ExperimentName = _experimentName,
                Timestamp = at,
                SubjectId = subject.Id!,
                SubjectType = subject.Type,
                TenantId = subject.TenantId,
                PreviousVariantKey = previousVariantKey,
                NewVariantKey = decision.Variant.Key,
                ChangeReason = reason,
                AssignmentPolicy = _policy,
            }
            : null;

    /// <summary>In Block mode the event also waits for capacity, but no caller waits for it.</summary>
    private void Publish(AssignmentEvent change) => _publisher.Write(change, EnqueueWait.InBackground);

    /// <summary>Returns why the selector's answer differs from the one before, as far as the answer itself shows.</summary>
    private string ReasonOf(Decision decision) => decision.Reason switch
    {
        SelectionReasons.Override => AssignmentChangeReasons.Override,
        SelectionReasons.SelectorError or SelectionReasons.UnknownVariant => decision.Reason,
        SelectionReasons.TrialSelection => AssignmentChangeReasons.ConfigurationChanged,
        _ when decision.AllocationVersion is not null && _declarations.HasSeveralVersions => AssignmentChangeReasons.WeightsChanged,
        _ => AssignmentChangeReasons.SelectionChanged,
    };
}
