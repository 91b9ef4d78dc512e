using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Something about a tagged interface that a proxy does not support, or supports only partially.</summary>
/// <param name="Kind">The kind of finding.</param>
/// <param name="Symbol">The member, the interface or the outer type.</param>
/// <param name="Reason">The reason, as the end of a sentence.</param>
internal sealed record ShapeFinding(ShapeFindingKind Kind, ISymbol Symbol, string Reason);

/// <summary>The kinds of findings.</summary>
internal enum ShapeFindingKind
{
    /// <summary>A member that cannot be forwarded.</summary>
    MemberNotForwardable,

    /// <summary>An interface that generated code cannot access.</summary>
    InterfaceNotReachable,

    /// <summary>An init accessor, which throws on the proxy at runtime.</summary>
    InitAccessor,

    /// <summary>A pointer in a signature, in a project that does not allow unsafe code.</summary>
    UnsafeWithoutPermission,

    /// <summary>A language version without a feature that the proxy needs.</summary>
    LanguageTooOld,

    /// <summary>An error that the compiler reports itself, such as a misspelled type or an interface that is declared twice.</summary>
    CompilerError,
}
