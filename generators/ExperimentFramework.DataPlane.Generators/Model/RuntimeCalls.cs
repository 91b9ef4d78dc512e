using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>
/// The types and methods of the runtime that generated code calls. Proxies live in other people's binaries: a name that changes here breaks
/// every proxy that was compiled before.
/// </summary>
internal static class RuntimeCalls
{
    /// <summary>The type that a proxy holds: <c>ExposureLoggingDecorator&lt;TService&gt;</c>.</summary>
    public const string Decorator = Prefix + "ExposureLoggingDecorator";

    /// <summary>The type that describes a tagged interface to the runtime.</summary>
    public const string Contract = Prefix + "ExposureContract";

    /// <summary>Makes a proxy known to the runtime.</summary>
    public const string Register = Prefix + "ExposureProxyRegistry.Register";

    /// <summary>Formats a subject id that is not a string.</summary>
    public const string FormatSubjectId = Prefix + "SubjectIdText.Format";

    /// <summary>The enumeration of <c>ExposureContract.Semantics</c>.</summary>
    public const string Semantics = "global::" + WellKnownNames.Namespace + ".ExposureSemantics";

    /// <summary>The variant for a call that exposes.</summary>
    public const string Serve = "Serve";

    /// <summary>The variant for a call that does not expose.</summary>
    public const string Route = "Route";

    /// <summary>The variant that properties and events stay on, for one that exposes.</summary>
    public const string ServePinned = "ServePinned";

    /// <summary>The variant that properties and events stay on.</summary>
    public const string Pinned = "Pinned";

    /// <summary>Begins a call that exposes with attributes.</summary>
    public const string Expose = "Expose";

    /// <summary>Adds an attribute to a call.</summary>
    public const string With = "With";

    /// <summary>Begins a call whose end the runtime observes.</summary>
    public const string Observe = "Observe";

    /// <summary>Says that an observed call has succeeded.</summary>
    public const string Complete = "Complete";

    /// <summary>Whether control is to answer in place of the variant that failed.</summary>
    public const string TryFallBack = "TryFallBack";

    /// <summary>Whether an assignment can be made without waiting for a store.</summary>
    public const string IsAssignmentCached = "IsAssignmentCached";

    /// <summary>Begins a call that waits for its assignment.</summary>
    public const string PrefetchAssignment = "PrefetchAssignment";

    /// <summary>Makes a call once its assignment is there.</summary>
    public const string Invoke = "Invoke";

    private const string Prefix = "global::" + WellKnownNames.RuntimeNamespace + ".";

    /// <summary>The method that awaits the enqueueing of an exposure next to a result of a kind.</summary>
    public static string Barrier(string method) => Prefix + "EnqueueBarrier." + method;
}
