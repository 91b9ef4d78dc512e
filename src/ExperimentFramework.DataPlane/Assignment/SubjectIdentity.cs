using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Who a call is for: the tagged parameters or, where they say nothing, the provider. A provider that throws leaves the
/// subject unknown; it never reaches the caller.
/// </summary>
internal sealed partial class SubjectIdentity(ISubjectIdentityProvider? provider, FaultState fault, ILogger logger)
{
    private readonly QuietLogger _logger = QuietLogger.Of(logger);

    /// <summary>Who a call is for, by ids that mean the same in memory, in stores, in pseudonyms and in JSON.</summary>
    public Subject Identify(string? subjectId, string? subjectType, string? tenantId)
    {
        var subject = Known(subjectId, subjectType, tenantId);

        // A type that a parameter names is a constant of the compiler's, which is well-formed.
        var type = ReferenceEquals(subject.Type, subjectType) ? subjectType : WellFormedText.Of(subject.Type);
        return new Subject(WellFormedText.Of(subject.Id), type, WellFormedText.Of(subject.TenantId));
    }

    private Subject Known(string? subjectId, string? subjectType, string? tenantId)
    {
        if (provider is null)
        {
            return string.IsNullOrEmpty(subjectId) ? new Subject(null, null, tenantId) : new Subject(subjectId, subjectType, tenantId);
        }

        return FromProvider(string.IsNullOrEmpty(subjectId) ? null : subjectId, subjectType, tenantId);
    }

    /// <summary>Who the current subject was before it became known under its id; null for nobody.</summary>
    public Subject? Previous(in Subject current)
    {
        try
        {
            return provider?.TryGetPreviousSubject(out var subjectId, out var subjectType) == true && !string.IsNullOrEmpty(subjectId)
                ? new Subject(WellFormedText.Of(subjectId), WellFormedText.Of(subjectType), current.TenantId)
                : null;
        }
        catch (Exception exception)
        {
            if (fault.Enter())
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
            fault.Leave();
            return subject;
        }
        catch (Exception exception)
        {
            if (fault.Enter())
            {
                LogFailing(provider!.GetType().Name, exception);
            }

            return new Subject(namedId, namedId is null ? null : namedType, namedTenant);
        }
    }

    [LoggerMessage(20, LogLevel.Error, "Subject identity provider {Provider} threw; the subject counts as unknown until it answers again.")]
    private partial void LogFailing(string provider, Exception exception);
}
