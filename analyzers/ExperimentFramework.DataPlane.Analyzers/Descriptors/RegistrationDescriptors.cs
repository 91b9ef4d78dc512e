using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about registration and options.</summary>
internal static class RegistrationDescriptors
{
    private const string Category = "Registration";

    /// <summary>DP4001: an option is outside its range.</summary>
    public static readonly DiagnosticDescriptor OptionOutOfRange = new(
        "DP4001",
        "Option value is out of range",
        "{0} is {1}, but it must be {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The application does not start with a value outside the range.",
        helpLinkUri: HelpLink.To("DP4001"));

    /// <summary>DP4002: callers of synchronous members block their thread.</summary>
    public static readonly DiagnosticDescriptor BlockingMembers = new(
        "DP4002",
        "Synchronous members block their thread in Block mode",
        "With FailureMode.Block, calls to '{0}' of '{1}' block their thread while the queue of a required destination is full",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Asynchronous members await capacity. A synchronous member blocks its thread for up to BlockTimeout, so a slow destination can starve the thread pool. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4002"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4003: an experiment is registered on an interface without the attribute.</summary>
    public static readonly DiagnosticDescriptor UntaggedInterface = new(
        "DP4003",
        "Experiment requires an interface with [ExposureLogged]",
        "'{0}' is not tagged with [ExposureLogged], so there is no proxy for {1} to register",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Only an interface with the attribute has a proxy. The attribute is not inherited from base interfaces.",
        helpLinkUri: HelpLink.To("DP4003"));

    /// <summary>DP4004: the control, keys or weights of an experiment are invalid.</summary>
    public static readonly DiagnosticDescriptor InvalidVariants = new(
        "DP4004",
        "Experiment has invalid variants",
        "The variants of '{0}' are invalid: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "An experiment must have exactly one control, a unique key for each variant, and at least one weight above 0.",
        helpLinkUri: HelpLink.To("DP4004"));

    /// <summary>DP4007: a trial falls back to control, but the proxy has no fallback code.</summary>
    public static readonly DiagnosticDescriptor FallbackNotCompiledIn = new(
        "DP4007",
        "OnErrorFallbackToControl requires FallbackToControl = true",
        "OnErrorFallbackToControl() requires [ExposureLogged(FallbackToControl = true)] on '{0}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The generator writes code that runs after a call only if the attribute requests it.",
        helpLinkUri: HelpLink.To("DP4007"));

    /// <summary>DP4009: an experiment is registered on an open generic interface.</summary>
    public static readonly DiagnosticDescriptor OpenRegistration = new(
        "DP4009",
        "Experiment requires a closed generic interface",
        "{1}<{0}> depends on the type parameter '{2}', so no proxy can be registered for it",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The proxy of a generic interface is registered by the code that names the closed type.",
        helpLinkUri: HelpLink.To("DP4009"));

    /// <summary>DP4005: a sticky policy has no suitable assignment store.</summary>
    public static readonly DiagnosticDescriptor StoreMissing = new(
        "DP4005",
        "Sticky policy requires an assignment store",
        "AssignmentPolicy.{0} needs {1}, but {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Assignments last as long as their store, and reach as many hosts as share it. Checked in executables only. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4006: an executable never registers a tagged interface.</summary>
    public static readonly DiagnosticDescriptor UnregisteredInterface = new(
        "DP4006",
        "Tagged interface is never registered",
        "'{0}' is tagged with [ExposureLogged], but no Trial<{0}>() or AddExposureLogging<{0}>() registers an experiment on it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An interface without a registered experiment is served without its proxy and records nothing. Checked in executables only. The severity is info unless the executable registers an implementation. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4006"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4008: a task is not awaited.</summary>
    public static readonly DiagnosticDescriptor DroppedTask = new(
        "DP4008",
        "Task is not awaited",
        "The task returned by '{0}' is not awaited: await it, or assign it to a discard if that is intended",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Exceptions of a task that is not awaited are lost, and the event may be lost too: the application can exit, or the scope be disposed, before the call completes.",
        helpLinkUri: HelpLink.To("DP4008"));

    /// <summary>DP4010: the class of a variant is injected instead of its interface.</summary>
    public static readonly DiagnosticDescriptor InjectedVariant = new(
        "DP4010",
        "Variant is injected instead of its interface",
        "'{0}' is a variant of the experiment on '{1}': calls to it bypass the experiment and record nothing; inject '{1}'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Only the interface is served by the proxy. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4010"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4011: an experiment has nothing to compare.</summary>
    public static readonly DiagnosticDescriptor SingleVariant = new(
        "DP4011",
        "Experiment serves only one variant",
        "The experiment {0} {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An experiment compares variants, so it must serve at least two.",
        helpLinkUri: HelpLink.To("DP4011"));

    /// <summary>DP4012: an assignment store is never read.</summary>
    public static readonly DiagnosticDescriptor UnusedStore = new(
        "DP4012",
        "Assignment store is not used by any policy",
        "An assignment store is registered, but no experiment uses it: call WithPolicy(AssignmentPolicy.SubjectSticky) or WithPolicy(AssignmentPolicy.GloballySticky) on an experiment, or remove the store",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Without a sticky policy, subjects are assigned again on each call, whichever stores are registered. Checked in executables only. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4012"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4013: nothing is ever written to an outbox.</summary>
    public static readonly DiagnosticDescriptor UnusedOutbox = new(
        "DP4013",
        "Durable outbox is not used by any destination",
        "An outbox is registered, but no destination has a queue ({0}), so the outbox stays empty: add a destination, or remove the outbox",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The outbox stores the events of destinations with a queue. The in-memory destination has no queue: it receives its events before the call returns. Checked in executables only. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP4013"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP4014: the hours of a time string are parsed as days.</summary>
    public static readonly DiagnosticDescriptor HoursReadAsDays = new(
        "DP4014",
        "Hours in a time string are parsed as days",
        "\"{0}\" is parsed as {1} days: use TimeSpan.FromHours({1}) or TimeSpan.FromDays({1})",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "TimeSpan.Parse treats the first number as hours only if it is below 24 and minutes follow.",
        helpLinkUri: HelpLink.To("DP4014"));

    /// <summary>DP4015: code blocks on a member that resumes in the synchronization context of its caller.</summary>
    public static readonly DiagnosticDescriptor BlockingWait = new(
        "DP4015",
        "Blocking wait can deadlock",
        "'{0}' of '{1}' can resume in the synchronization context of its caller (FallbackToControl), which a blocking wait occupies: await it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "After a variant fails asynchronously, control is called in the synchronization context of the caller. If that context has a single thread and the thread is blocked, neither can continue.",
        helpLinkUri: HelpLink.To("DP4015"));
}
