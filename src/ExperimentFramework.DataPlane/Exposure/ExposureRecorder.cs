using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides whether an exposure is recorded, and records it: category switch, then sampling by subject, then deduplication, then the
/// pipeline.
/// </summary>
internal sealed class ExposureRecorder
{
    private readonly ExposureDeduplicator _deduplicator;
    private readonly AssignmentRecorder _changes;
    private readonly EventPublisher _publisher;
    private readonly VariantCounters _sampledOut;
    private readonly VariantCounters _withoutSubject;
    private readonly VariantCounters _repeats;
    private readonly SubjectDiagnostics _subjects;
    private readonly TimeProvider _time;
    private bool _hasSubjectType;
    private volatile bool _isEnabled;
    private volatile ExposureEventFactory _factory = null!;

    public ExposureRecorder(
        ExposureSettings settings,
        ReloadableOptions options,
        SamplingMonitor sampling,
        ExposureDeduplicator deduplicator,
        AssignmentRecorder changes,
        EventPublisher publisher,
        DropLedger drops,
        SubjectDiagnostics subjects)
    {
        var experimentName = settings.ExperimentName;
        _deduplicator = deduplicator;
        _changes = changes;
        _publisher = publisher;
        _sampledOut = new VariantCounters(variant => drops.CounterFor(KeyOf(variant), DropReasons.SampledOut));
        _withoutSubject = new VariantCounters(variant => drops.CounterFor(KeyOf(variant), DropReasons.NoSubject));
        _repeats = new VariantCounters(variant => publisher.Pipeline.Context.Repeats.CounterFor(experimentName, variant.Key));
        _subjects = subjects;
        _time = publisher.Time;
        MaxAttributeLength = settings.MaxAttributeLength;
        Semantics = settings.Semantics;
        var queueFull = new VariantCounters(variant => drops.CounterFor(KeyOf(variant), DropReasons.QueueFull));
        options.OnChange(current =>
        {
            _isEnabled = settings.IsEnabled && current.EnableExposureEvents;
            _factory = new ExposureEventFactory(experimentName, sampling.Value, deduplicator, changes, drops, queueFull);
        });

        EventKey KeyOf(Variant variant) => new(experimentName, variant.Key, DataPlaneEventType.Exposure);
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled => _isEnabled;

    /// <summary>Whether calls must be passed to <see cref="TryBegin"/>; false if it would return null for every call.</summary>
    public bool ObservesCalls => _isEnabled || Semantics == ExposureSemantics.Explicit;

    /// <summary>Gets the current sampling rate, from 0 to 1.</summary>
    public double SamplingRate => _factory.Sampling.Rate;

    /// <summary>Gets the type of a subject that was recorded; null if none had one.</summary>
    public string? RecordedSubjectType => _subjects.RecordedType;

    /// <summary>Gets the length in characters at which an attribute's text is truncated.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>Gets the time, in ticks of UTC.</summary>
    public long UtcTicks => _time.GetUtcNow().UtcTicks;

    /// <summary>Gets the event id of an exposure that was recorded.</summary>
    public Guid GetEventId(long decidedAt, long number) => _publisher.GetEventId(decidedAt, number);

    /// <summary>Forgets the subject's last exposure.</summary>
    public void Forget(in Subject subject) => _deduplicator.Forget(subject);

    /// <summary>Whether an exposure of the subject may be recorded, as far as that can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => ObservesCalls && _factory.Sampling.IsRecorded(subject.Id);

    /// <summary>
    /// Decides whether an exposure is recorded, before its attributes are read: by the switch, by sampling, and by whether it repeats the subject's
    /// last one. An exposure that is not recorded is counted here.
    /// </summary>
    /// <param name="assigned">The decision.</param>
    /// <param name="served">The variant that answers.</param>
    /// <param name="subject">The subject that is served.</param>
    /// <returns>The factory of the event, which carries the sampling that included it; null if nothing is recorded.</returns>
    public ExposureEventFactory? TryBegin(Decision assigned, Variant served, in Subject subject)
    {
        var factory = _factory;
        if (Semantics == ExposureSemantics.Explicit)
        {
            // The switch counts when the application logs the exposure.
            return factory;
        }

        if (!IsEnabled)
        {
            return null;
        }

        if (!IsIncluded(factory.Sampling, assigned, subject))
        {
            return null;
        }

        if (Semantics == ExposureSemantics.OnDecision || subject.Id is null || !_deduplicator.IsRepeat(subject, assigned.Variant.Id, served.Id))
        {
            return factory;
        }

        _repeats.CounterFor(assigned.Variant).Increment();
        return null;
    }

    /// <summary>Creates a pending exposure, if it is recorded.</summary>
    public PendingExposure Begin(IServedExposureSink sink, Decision assigned, Variant served, in Subject subject) =>
        new(TryBegin(assigned, served, subject), sink, assigned, served, subject);

    /// <summary>Records a pending exposure: in the pipeline or, if the application logs exposures explicitly, in its sink.</summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="wait">How the call waits for capacity, if callers wait.</param>
    public EnqueueResult Record(in PendingExposure exposure, in EnqueueWait wait)
    {
        switch (Semantics)
        {
            case var _ when exposure.Factory is null:
                return default;
            case ExposureSemantics.Explicit:
                exposure.Sink!.Remember(new ServedExposure(exposure.Subject, exposure.Assigned, exposure.Served, exposure.Attributes));
                return default;
            case ExposureSemantics.OnFirstUse:
                return RecordFirstUse(exposure, wait);
            default:
                return Enqueue(exposure, exposure.Served, RepeatTimestamp(exposure.Subject), wait);
        }
    }

    /// <summary>Records an exposure that the application logs explicitly, unless sampling excludes it.</summary>
    public EnqueueResult RecordExplicit(ServedExposure served, in EnqueueWait wait)
    {
        if (TryBeginExplicit(served.Assigned, served.Subject) is not { } factory)
        {
            return default;
        }

        var exposure = new PendingExposure(factory, sink: null, served.Assigned, served.Variant, served.Subject) { Attributes = served.Attributes };
        return Enqueue(exposure, exposure.Served, RepeatTimestamp(exposure.Subject), wait);
    }

    /// <summary>
    /// Records an exposure that the application requests by name: as an explicit exposure under explicit semantics, otherwise as that of a call.
    /// </summary>
    /// <param name="decision">The decision; its variant is served.</param>
    /// <param name="subject">The subject that is served.</param>
    /// <param name="attributes">The attributes, read only if the exposure is recorded; null for none.</param>
    /// <param name="wait">How the call waits for capacity, if callers wait.</param>
    public EnqueueResult RecordRequested(
        Decision decision, in Subject subject, IReadOnlyDictionary<string, object?>? attributes, in EnqueueWait wait)
    {
        var factory = Semantics == ExposureSemantics.Explicit ? TryBeginExplicit(decision, subject) : TryBegin(decision, decision.Variant, subject);
        if (factory is null)
        {
            return default;
        }

        _subjects.ReviewType(subject);
        var exposure = new PendingExposure(factory, sink: null, decision, decision.Variant, subject)
        {
            Attributes = AttributeSlots.Capture(attributes, MaxAttributeLength),
        };
        return Semantics == ExposureSemantics.OnFirstUse
            ? RecordFirstUse(exposure, wait)
            : Enqueue(exposure, exposure.Served, RepeatTimestamp(subject), wait);
    }

    /// <summary>
    /// Records an exposure that is not a repeat. Under other semantics every exposure is recorded, and whether it is a repeat is determined when the
    /// event is created; here it must be known now, and claimed, so that only one of many concurrent callers records it.
    /// </summary>
    private EnqueueResult RecordFirstUse(in PendingExposure exposure, in EnqueueWait wait)
    {
        var assigned = exposure.Assigned;
        var claim = _deduplicator.Claim(exposure.Subject, assigned.Variant.Id, exposure.Served.Id, _deduplicator.Now, refreshOnRepeat: false);
        if (claim.IsRepeat)
        {
            // Another call of the subject was faster.
            _repeats.CounterFor(assigned.Variant).Increment();
            return default;
        }

        var change = _changes.Exposed(claim, exposure.Subject, assigned, _time.GetUtcNow());
        object state = change is null ? exposure.Served : new ExposureEventFactory.AssignmentChange(exposure.Served, change);
        var result = Enqueue(exposure, state, ExposureEventFactory.DoNotCheckRepeat, wait);
        if (!result.IsAccepted)
        {
            _deduplicator.Release(claim);
        }
        else if (result.PendingAdmission is { } admission)
        {
            return result with { PendingAdmission = ReleaseUnlessEnqueuedAsync(admission, claim) };
        }

        return result;
    }

    /// <summary>Decides whether an exposure that the application logs explicitly is recorded.</summary>
    private ExposureEventFactory? TryBeginExplicit(Decision assigned, in Subject subject)
    {
        var factory = _factory;
        return IsEnabled && IsIncluded(factory.Sampling, assigned, subject) ? factory : null;
    }

    /// <summary>Whether sampling includes the exposure, and its subject is known if it must be. Otherwise the exposure is counted as not recorded.</summary>
    private bool IsIncluded(SubjectSampling sampling, Decision assigned, in Subject subject)
    {
        if (subject.Id is null)
        {
            if (Semantics == ExposureSemantics.OnDecision && sampling.IncludesAll)
            {
                _subjects.OnUnknownSubject(knowsAny: _deduplicator.Count > 0);
                return true;
            }

            _withoutSubject.CounterFor(assigned.Variant).Increment();
            _subjects.OnDropped();
            return false;
        }

        if (sampling.Includes(subject.Id))
        {
            return true;
        }

        _sampledOut.CounterFor(assigned.Variant).Increment();
        return false;
    }

    private long RepeatTimestamp(in Subject subject) => subject.Id is null ? ExposureEventFactory.DoNotCheckRepeat : _deduplicator.Now;

    /// <summary>Writes an exposure into the queue.</summary>
    /// <param name="exposure">The exposure.</param>
    /// <param name="state">The variant that answers, or that variant with a changed assignment to publish first.</param>
    /// <param name="repeatTimestamp">When it may be a repeat, on the clock of the deduplicator.</param>
    /// <param name="wait">How the call waits for capacity, if callers wait.</param>
    private EnqueueResult Enqueue(in PendingExposure exposure, object state, long repeatTimestamp, in EnqueueWait wait)
    {
        // Before the record is reserved: a clock of the application may record an event, which must not happen within a reservation.
        var enqueuedAt = UtcTicks;
        if (_publisher.TryReserve() is { } producer)
        {
            Fill(ref producer.Reserved, exposure, state, repeatTimestamp, enqueuedAt);
            return new EnqueueResult(producer.Commit());
        }

        EventRecord record = default;
        Fill(ref record, exposure, state, repeatTimestamp, enqueuedAt);
        return _publisher.Write(record, wait);
    }

    private void Fill(ref EventRecord record, in PendingExposure exposure, object state, long repeatTimestamp, long enqueuedAt)
    {
        record.Factory = exposure.Factory;
        record.Payload = exposure.Assigned;
        record.SubjectId = exposure.Subject.Id;
        record.Timestamp = exposure.DecidedAt == 0 ? enqueuedAt : exposure.DecidedAt;
        record.EnqueuedAt = enqueuedAt;
        record.StateNumber = repeatTimestamp;

        // The record is empty: fields that are null or implied are not written, because a write would cost the garbage collector's barrier.
        if (!ReferenceEquals(state, exposure.Assigned.Variant))
        {
            record.State = state;
        }

        if (exposure.Subject.Type is { } type)
        {
            record.SubjectType = type;
            if (!_hasSubjectType)
            {
                _hasSubjectType = true;
                _subjects.OnTypeRecorded(type);
            }
        }

        if (exposure.Subject.TenantId is { } tenant)
        {
            record.TenantId = tenant;
        }

        if (exposure.Attributes is { } attributes)
        {
            record.Attributes = attributes;
        }

        if (Activity.Current is { } activity)
        {
            record.Activity = activity;
        }
    }

    private async Task<bool> ReleaseUnlessEnqueuedAsync(Task<bool> waiting, DeduplicationClaim claim)
    {
        var isEnqueued = await waiting.ConfigureAwait(false);
        if (!isEnqueued)
        {
            _deduplicator.Release(claim);
        }

        return isEnqueued;
    }
}
