using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Identifies the subject of a call from the tagged parameters or, if they have no value, from the identity provider. If the provider throws or a
/// part is too long, the subject is unknown; the caller is not affected.
/// </summary>
internal sealed partial class SubjectIdentity(ISubjectIdentityProvider? provider, FaultLatch fault, FaultLatch tooLong, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);

    /// <summary>Identifies the subject, with ids that are the same in memory, in stores, in pseudonyms and in JSON. An empty part means the same as null.</summary>
    public Subject Identify(string? subjectId, string? subjectType, string? tenantId) =>
        // Small enough to be inlined, which keeps the subject of most calls in registers.
        provider is null && tenantId is null && IsUsable(subjectId, subjectType) ? new Subject(subjectId, subjectType, null) : IdentifyAny(subjectId, subjectType, tenantId);

    /// <summary>Returns the subject that the current one was before it signed in; null if there is none.</summary>
    public Subject? Previous(in Subject current)
    {
        try
        {
            return provider?.TryGetPreviousSubject(out var subjectId, out var subjectType) == true && !string.IsNullOrEmpty(subjectId)
                && Subject.Fits(subjectId, subjectType, current.TenantId)
                ? new Subject(WellFormedText.Of(subjectId), WellFormedText.Of(NullIfEmpty(subjectType)), current.TenantId)
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

    /// <summary>
    /// Whether the tagged parameter has a value that can be used unchanged. A type named by a tag is a compile-time constant, which is well-formed. One comparison detects
    /// a type that is empty, which means none, or too long.
    /// </summary>
    private static bool IsUsable(string? id, string? type) =>
        !string.IsNullOrEmpty(id) && id.Length <= Subject.MaxLength && (type is null || (uint)(type.Length - 1) < Subject.MaxLength) && WellFormedText.IsWellFormed(id);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private Subject IdentifyAny(string? subjectId, string? subjectType, string? tenantId)
    {
        subjectId = NullIfEmpty(subjectId);
        subjectType = NullIfEmpty(subjectType);
        tenantId = NullIfEmpty(tenantId);
        var subject = provider is not null ? FromProvider(subjectId, subjectType, tenantId)
            : subjectId is null ? new Subject(null, null, tenantId)
            : new Subject(subjectId, subjectType, tenantId);
        if (!Subject.Fits(subject.Id, subject.Type, subject.TenantId))
        {
            return Unknown(subject);
        }

        var type = ReferenceEquals(subject.Type, subjectType) ? subjectType : WellFormedText.Of(subject.Type);
        return new Subject(WellFormedText.Of(subject.Id), type, WellFormedText.Of(subject.TenantId));
    }

    private Subject FromProvider(string? namedId, string? namedType, string? namedTenant)
    {
        try
        {
            var tenantId = namedTenant ?? NullIfEmpty(provider!.TenantId);
            var subject = namedId is not null ? new Subject(namedId, namedType, tenantId)
                : provider!.TryGetSubjectId(out var subjectId) && !string.IsNullOrEmpty(subjectId) ? new Subject(subjectId, NullIfEmpty(provider.SubjectType), tenantId)
                : new Subject(null, null, tenantId);
            fault.Reset();
            return subject;
        }
        catch (Exception exception)
        {
            if (fault.Trip())
            {
                LogFailing(provider!.GetType().Name, exception);
            }

            // An explicit id without its tenant would identify another subject.
            return new Subject(null, null, namedTenant);
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
        "A subject is treated as unknown because its id, type or tenant is longer than {MaxLength} characters (id {IdLength}, type {TypeLength}, tenant {TenantLength}). Use a shorter value, such as a hash.", EventName = "SubjectTooLong")]
    private partial void LogTooLong(int maxLength, int idLength, int typeLength, int tenantLength);

    [LoggerMessage(20, LogLevel.Error, "Subject identity provider {Provider} threw. The subject is treated as unknown until it succeeds again.", EventName = "IdentityProviderFailing")]
    private partial void LogFailing(string provider, Exception exception);
}
