using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about subjects, tenants and attributes.</summary>
internal static class SubjectDescriptors
{
    private const string Category = "Subject";

    /// <summary>DP3002: a parameter cannot be a subject, tenant or attribute.</summary>
    public static readonly DiagnosticDescriptor UnreadableTag = new(
        "DP3002",
        "Parameter cannot be captured as subject, tenant or attribute",
        "'{0}' cannot be the {1} of '{2}', because {3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A call has one subject and at most one tenant, both passed by value or with in. Their type is string, a formattable type such as Guid or int, or a nullable one. An attribute can have any type that can be stored.",
        helpLinkUri: HelpLink.To("DP3002"));

    /// <summary>DP3003: two attributes of an exposure have the same name.</summary>
    public static readonly DiagnosticDescriptor DuplicateAttribute = new(
        "DP3003",
        "Exposure attribute name is used twice",
        "'{0}' has a second exposure attribute named '{1}', which would overwrite the first",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "An exposure carries one value per attribute name.",
        helpLinkUri: HelpLink.To("DP3003"));

    /// <summary>DP3001: nothing identifies the subject of an exposing member.</summary>
    public static readonly DiagnosticDescriptor UnknownSubject = new(
        "DP3001",
        "Exposing member has no subject",
        "Nothing identifies the subject of '{0}' of '{1}': tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An exposure without a subject cannot be joined with other events, and calls without a subject are always served control. Checked in executables only. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3001"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP3004: personal data leaves the process without redaction.</summary>
    public static readonly DiagnosticDescriptor PersonalData = new(
        "DP3004",
        "Personal data is not redacted",
        "'{0}' of '{1}' appears to contain {2}, which leaves the process without redaction: redact it, or mark it as reviewed",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Events are copied to every destination and kept for years. Personal data in them is hard to find and harder to delete. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3004"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP3005: subject ids are replaced by a placeholder.</summary>
    public static readonly DiagnosticDescriptor SubjectPlaceholder = new(
        "DP3005",
        "Placeholder makes subjects indistinguishable",
        "A placeholder makes all subjects look the same, so they can be neither joined nor counted; use a pseudonym",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An analysis counts distinct subjects and joins their exposures with their outcomes. A pseudonym allows both and hides the id just as well.",
        helpLinkUri: HelpLink.To("DP3005"));

    /// <summary>DP3006: the subject type of a published event differs from that of its experiment.</summary>
    public static readonly DiagnosticDescriptor SubjectTypeMissing = new(
        "DP3006",
        "Event does not have the subject type of its experiment",
        "Subjects of experiment '{0}' have the type {1}, but this event {2}: it can be joined with its exposures only if SubjectType is the same",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A subject is identified by its type and its id: 'user' 42 and 'session' 42 are two subjects. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3006"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP3007: a subject id does not identify a subject.</summary>
    public static readonly DiagnosticDescriptor UselessSubject = new(
        "DP3007",
        "Subject id does not identify a subject",
        "The subject id {0}: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A subject id must stay the same each time the same subject returns. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3007"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP3008: a property is served by another variant than its caller's.</summary>
    public static readonly DiagnosticDescriptor PinnedProperty = new(
        "DP3008",
        "Property is not served by its caller's variant",
        "'{0}' of '{1}' is served by {2}: make it a method with an [ExposureSubject] parameter, or tag it with [NotExposed] if that is intended",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Properties, indexers and events stay on one variant for the lifetime of the proxy. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3008"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP3009: a call by name, a recorded metric or a recorded exposure has no subject.</summary>
    public static readonly DiagnosticDescriptor DirectCallWithoutSubject = new(
        "DP3009",
        "Call by name has no subject",
        "{0} has no subject: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Without a subject, decisions are always control and metrics are dropped. In libraries, only published events are checked: a library may leave the provider to its users, but no provider is asked for the subject of an event. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP3009"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);
}
