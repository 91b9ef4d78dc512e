using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Who a call is for: the tagged parameters or, if they say nothing, the provider. A provider that throws, or a part that is too long, leaves the
/// subject unknown; neither reaches the caller.
/// </summary>
internal sealed partial class SubjectIdentity(ISubjectIdentityProvider? provider, FaultLatch fault, FaultLatch tooLong, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);

    /// <summary>Who a call is for, by ids that mean the same in memory, in stores, in pseudonyms and in JSON.</summary>
    public Subject Identify(string? subjectId, string? subjectType, string? tenantId)
    {
        var subject = provider is not null ? FromProvider(string.IsNullOrEmpty(subjectId) ? null : subjectId, subjectType, tenantId)
            : string.IsNullOrEmpty(subjectId) ? new Subject(null, null, tenantId)
            : new Subject(subjectId, subjectType, tenantId);
        if (!Subject.Fits(subject.Id, subject.Type, subject.TenantId))
        {
            return Unknown(subject);
        }

        // A type that a parameter names is a constant of the compiler's, which is well-formed.
        var type = ReferenceEquals(subject.Type, subjectType) ? subjectType : WellFormedText.Of(subject.Type);
        return new Subject(WellFormedText.Of(subject.Id), type, WellFormedText.Of(subject.TenantId));
    }

    /// <summary>Who the current subject was before it became known under its id; null for nobody.</summary>
    public Subject? Previous(in Subject current)
    {
        try
        {
            return provider?.TryGetPreviousSubject(out var subjectId, out var subjectType) == true && !string.IsNullOrEmpty(subjectId)
                && Subject.Fits(subjectId, subjectType, current.TenantId)
                ? new Subject(WellFormedText.Of(subjectId), WellFormedText.Of(subjectType), current.TenantId)
                : null;
        }
        catch (Exception exception)
        {
            if (fault.Trip())
            {
                LogFailing(provider!.GetType().Name, exception);
            }

            return null;
        }
    }

    private Subject FromProvider(string? namedId, string? namedType, string? namedTenant)
    {
        try
        {
            var tenantId = namedTenant ?? provider!.TenantId;
            if (namedId is not null)
            {
                return new Subject(namedId, namedType, tenantId);
            }

            var known = provider!.TryGetSubjectId(out var subjectId) && !string.IsNullOrEmpty(subjectId);
            var subject = new Subject(known ? subjectId : null, known ? provider.SubjectType : null, tenantId);
            fault.Reset();
            return subject;
        }
        catch (Exception exception)
        {
            if (fault.Trip())
            {
                LogFailing(provider!.GetType().Name, exception);
            }

            return new Subject(namedId, namedId is null ? null : namedType, namedTenant);
        }
    }

    private Subject Unknown(in Subject subject)
    {
        if (tooLong.Trip())
        {
            LogTooLong(Subject.MaxLength, subject.Id?.Length ?? 0, subject.Type?.Length ?? 0, subject.TenantId?.Length ?? 0);
        }

        return default;
    }

    [LoggerMessage(127, LogLevel.Warning,
        "A subject counts as unknown because its id, type or tenant has more than {MaxLength} characters (id {IdLength}, type {TypeLength}, tenant {TenantLength}): tag a shorter one, a hash of it say.", EventName = "SubjectTooLong")]
    private partial void LogTooLong(int maxLength, int idLength, int typeLength, int tenantLength);

    [LoggerMessage(20, LogLevel.Error, "Subject identity provider {Provider} threw; the subject counts as unknown until it answers again.", EventName = "IdentityProviderFailing")]
    private partial void LogFailing(string provider, Exception exception);
}
