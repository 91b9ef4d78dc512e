namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether an exposure is recorded, and the recording: category switch, then sampling by subject, then the repeat claim,
/// then the pipeline.
/// </summary>
internal sealed class ExposureRecorder
{
    private readonly string _experimentName;
    private readonly Variant[] _variants;
    private readonly SubjectSampling _sampling;
    private readonly RepeatMemory _repeats;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly TimeProvider _time;

    public ExposureRecorder(
        string experimentName,
        Variant[] variants,
        ExposureSettings settings,
        RepeatMemory repeats,
        EventPublisher publisher,
        DropLedger drops,
        TimeProvider time)
    {
        _experimentName = experimentName;
        _variants = variants;
        _sampling = new SubjectSampling(experimentName, settings.SamplingRate);
        _repeats = repeats;
        _publisher = publisher;
        _drops = drops;
        _time = time;
        Semantics = settings.Semantics;
        IsEnabled = settings.IsEnabled && publisher.IsEnabled(DataPlaneEventType.Exposure);
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Whether this exposure is one to publish. Where it is, <see cref="Publish"/> or <see cref="Abandon"/> has to follow.</summary>
    public bool TryAdmit(Decision assigned, int served, in Subject subject, out RepeatClaim claim)
    {
        claim = default;
        if (!IsEnabled)
        {
            return false;
        }

        if (subject.Id is null)
        {
            if (Semantics != ExposureSemantics.OnFirstUse && _sampling.IncludesAll)
            {
                return true;
            }

            _drops.Count(_experimentName, _variants[assigned.VariantIndex].Key, DropReasons.NoSubject);
            return false;
        }

        if (!_sampling.Includes(subject.Id))
        {
            _drops.Count(_experimentName, _variants[assigned.VariantIndex].Key, DropReasons.SampledOut);
            return false;
        }

        claim = _repeats.Claim(subject, assigned.VariantIndex, served);
        return !claim.IsRepeat || Semantics != ExposureSemantics.OnFirstUse;
    }

    /// <summary>Publishes an admitted exposure; where no destination takes it, the claim is released.</summary>
    public void Publish(
        Decision assigned,
        int served,
        in Subject subject,
        in RepeatClaim claim,
        DateTimeOffset decidedAt,
        IReadOnlyDictionary<string, object?>? attributes)
    {
        var isFallback = served != assigned.VariantIndex;
        var taken = _publisher.TryPublish(new ExposureEvent
        {
            ExperimentName = _experimentName,
            VariantKey = _variants[served].Key,
            AssignedVariantKey = isFallback ? _variants[assigned.VariantIndex].Key : null,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            Timestamp = decidedAt,
            SelectionReason = isFallback ? SelectionReasons.Fallback : assigned.Reason,
            RulePath = assigned.RulePath,
            AssignmentPolicy = assigned.Policy,
            AllocationVersion = assigned.AllocationVersion,
            IsRepeatExposure = claim.IsRepeat,
            SamplingRate = _sampling.Rate,
            VariantBuild = _variants[served].Build,
            Attributes = attributes,
        });
        if (!taken)
        {
            Abandon(subject, claim);
        }
    }

    /// <summary>Gives an admitted exposure up without publishing it.</summary>
    public void Abandon(in Subject subject, in RepeatClaim claim)
    {
        if (subject.Id is not null)
        {
            _repeats.Release(claim);
        }
    }
}
