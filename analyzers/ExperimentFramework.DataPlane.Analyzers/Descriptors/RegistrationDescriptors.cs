using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about registration and options.</summary>
public static class RegistrationDescriptors
{
    private const string Category = "Registration";

    /// <summary>An option outside its range.</summary>
    public static readonly DiagnosticDescriptor OptionOutOfRange = new(
        "DP4001",
        "An option outside its range",
        "DataPlaneOptions.{0} is {1}; it has to be {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A value outside the range stops the application when it starts.",
        helpLinkUri: HelpLink.To("DP4001"));

    /// <summary>Callers that wait on their threads.</summary>
    public static readonly DiagnosticDescriptor BlockingMembers = new(
        "DP4002",
        "Synchronous members wait for room on their threads",
        "Under FailureMode.Block, calls of '{0}' of '{1}' wait on their thread while a required destination has no room",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Asynchronous members await room; a synchronous one holds its thread for as long as BlockTimeout, and a slow destination can starve the thread pool. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4002"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A trial of an interface without the tag.</summary>
    public static readonly DiagnosticDescriptor UntaggedInterface = new(
        "DP4003",
        "An experiment on an interface without [ExposureLogged]",
        "'{0}' is not tagged with [ExposureLogged], so there is no proxy that {1} could register",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Only a tagged interface has a proxy. The tag is not inherited from base interfaces.",
        helpLinkUri: HelpLink.To("DP4003"));

    /// <summary>Variants that do not fit together.</summary>
    public static readonly DiagnosticDescriptor InvalidVariants = new(
        "DP4004",
        "Variants that do not fit together",
        "{0}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A trial has exactly one control, variants with keys of their own, and weights of which one at least is above zero.",
        helpLinkUri: HelpLink.To("DP4004"));

    /// <summary>A fallback that the proxy has no code for.</summary>
    public static readonly DiagnosticDescriptor FallbackNotCompiledIn = new(
        "DP4007",
        "A fallback that the proxy has no code for",
        "OnErrorFallbackToControl() needs [ExposureLogged(FallbackToControl = true)] on '{0}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Code that runs after a call is written only where the attribute asks for it.",
        helpLinkUri: HelpLink.To("DP4007"));

    /// <summary>A trial of a type parameter.</summary>
    public static readonly DiagnosticDescriptor OpenRegistration = new(
        "DP4009",
        "An experiment on a type that is not known here",
        "{1}<{0}> depends on the type parameter '{2}', so no proxy can be registered for it",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The proxy of a generic interface is registered where the closed type is written.",
        helpLinkUri: HelpLink.To("DP4009"));

    /// <summary>A sticky policy without the store that it needs.</summary>
    public static readonly DiagnosticDescriptor StoreMissing = new(
        "DP4005",
        "A sticky policy without the store that keeps it",
        "{0}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A policy holds as long, and as far, as its store does. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A tagged interface that an executable never registers.</summary>
    public static readonly DiagnosticDescriptor UnregisteredInterface = new(
        "DP4006",
        "A tagged interface that is never registered",
        "'{0}' is tagged with [ExposureLogged], but no Trial<{0}>() or AddExposureLogging<{0}>() registers an experiment on it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An interface that no experiment is registered on is served without its proxy, and records nothing. Looked for in executables only; an info unless the executable registers an implementation. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4006"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A task that nobody awaits.</summary>
    public static readonly DiagnosticDescriptor DroppedTask = new(
        "DP4008",
        "A task that is dropped without await",
        "The task of '{0}' is dropped: await it, or assign it to a discard where that is meant",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What a dropped task throws is lost, and so may be the event: the application can end, or its scope be disposed, before the call is done.",
        helpLinkUri: HelpLink.To("DP4008"));

    /// <summary>A variant that is used in the place of its interface.</summary>
    public static readonly DiagnosticDescriptor InjectedVariant = new(
        "DP4010",
        "A variant is injected instead of its interface",
        "'{0}' is a variant of the experiment on '{1}': calls of it bypass the experiment and record nothing; inject '{1}'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Only the interface is served by the proxy. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4010"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>An experiment with nothing to compare.</summary>
    public static readonly DiagnosticDescriptor SingleVariant = new(
        "DP4011",
        "An experiment that serves only one variant",
        "The experiment on '{0}' {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An experiment compares variants, so at least two must be served.",
        helpLinkUri: HelpLink.To("DP4011"));

    /// <summary>A store that nothing reads.</summary>
    public static readonly DiagnosticDescriptor UnusedStore = new(
        "DP4012",
        "An assignment store that no policy uses",
        "An assignment store is registered, but no experiment uses it: call WithPolicy(AssignmentPolicy.SubjectSticky) or WithPolicy(AssignmentPolicy.GloballySticky) on a trial, or remove the store",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Without a sticky policy subjects are assigned anew on each call, whatever stores there are. Looked for in executables only. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4012"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>An outbox that nothing writes to.</summary>
    public static readonly DiagnosticDescriptor UnusedOutbox = new(
        "DP4013",
        "A durable outbox that no destination uses",
        "An outbox is registered, but no destination has a queue in front of it ({0}), so the outbox stays empty: add a destination, or remove the outbox",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The outbox keeps the events of queued destinations; the one in memory has its events when the call returns. Looked for in executables only. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP4013"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Hours that are days.</summary>
    public static readonly DiagnosticDescriptor HoursReadAsDays = new(
        "DP4014",
        "A time whose hours are read as days",
        "\"{0}\" is read as {1} days: write TimeSpan.FromHours({1}) or TimeSpan.FromDays({1})",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "TimeSpan.Parse takes the first number for hours only where it is below 24 and minutes follow.",
        helpLinkUri: HelpLink.To("DP4014"));

    /// <summary>A blocking wait for a member that returns to its caller's context.</summary>
    public static readonly DiagnosticDescriptor BlockingWait = new(
        "DP4015",
        "A blocking wait that can deadlock",
        "'{0}' of '{1}' can resume in its caller's synchronization context (FallbackToControl), which a blocking wait holds: await it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "After a variant has failed asynchronously, control is called in the synchronization context of the caller. If that has one thread and this thread waits, neither goes on.",
        helpLinkUri: HelpLink.To("DP4015"));
}
