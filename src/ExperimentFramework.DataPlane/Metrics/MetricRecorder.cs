using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>Writes metrics into the queue of events.</summary>
internal sealed class MetricRecorder(
    MetricEventFactory factory, MetricDiagnostics diagnostics, SubjectIdentity identity, EventPublisher publisher) : IMetricRecorder
{
    public ValueTask RecordAsync(string metric, double value = 1, MetricDetails? details = null, CancellationToken cancellationToken = default)
    {
        Validate(metric, value, details);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (!publisher.IsEnabled(DataPlaneEventType.Metric))
        {
            return ValueTask.CompletedTask;
        }

        // The identity assumes that a type is a constant of an attribute, and therefore well-formed.
        var subject = identity.Identify(details?.SubjectId, WellFormedText.Of(details?.SubjectType), details?.TenantId);
        if (!diagnostics.CanJoin(subject))
        {
            return ValueTask.CompletedTask;
        }

        // The application's attributes and clock are read first: they may record something themselves, which must not happen within a reservation.
        EventRecord record = default;
        factory.Describe(ref record, metric, value, details);
        record.Attributes = CapturedValues.Of(details?.Attributes, publisher.MaxAttributeLength);
        record.SubjectId = subject.Id;
        record.SubjectType = subject.Type;
        record.TenantId = subject.TenantId;
        record.Activity = Activity.Current;
        record.EnqueuedAt = publisher.Time.GetUtcNow().UtcTicks;
        record.Timestamp = details?.Timestamp?.UtcTicks ?? record.EnqueuedAt;
        return publisher.Write(record, new EnqueueWait(WaitMode.Task, cancellationToken)).PendingAdmission is { } waiting
            ? WaitAsync(waiting, cancellationToken)
            : ValueTask.CompletedTask;
    }

    private static void Validate(string metric, double value, MetricDetails? details)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (MetricRules.NameError(metric) is { } nameError)
        {
            throw new ArgumentException(nameError, nameof(metric));
        }

        if (MetricRules.ValueError(metric, value) is { } valueError)
        {
            throw new ArgumentException(valueError, nameof(value));
        }

        if (details is not null && MetricRules.DetailsError(metric, details.Unit, details.IdempotencyKey, details.Timestamp) is { } detailsError)
        {
            throw new ArgumentException(detailsError, nameof(details));
        }
    }

    private static async ValueTask WaitAsync(Task<bool> waiting, CancellationToken cancellationToken)
    {
        if (!await waiting.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
