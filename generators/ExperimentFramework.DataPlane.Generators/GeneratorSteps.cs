using ExperimentFramework.DataPlane.Generators.Incremental;
using ExperimentFramework.DataPlane.Generators.Emitting;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>The work of the generator, step by step. Each may throw for one interface, and must not take the others along.</summary>
internal sealed record GeneratorSteps
{
    /// <summary>Reads a tagged interface of the project.</summary>
    public Func<INamedTypeSymbol, AttributeData, Compilation, CancellationToken, ProxyModel?> ReadInterface { get; init; } = InterfaceParser.Parse;

    /// <summary>Finds out what an edit reaches.</summary>
    public Func<CompilationInputs, CompilationInputs, InputCache, CancellationToken, ChangeSet> Compare { get; init; } = ChangeSet.Between;

    /// <summary>Reads a call that registers an experiment.</summary>
    public Func<SimpleNameSyntax, SemanticModel, CancellationToken, RegistrationCallModel?> ReadCall { get; init; } = RegistrationCallParser.Parse;

    /// <summary>Prints a proxy.</summary>
    public Func<ProxyModel, string> WriteProxy { get; init; } = ProxyEmitter.Emit;

    /// <summary>Prints the registration of the closed generics.</summary>
    public Func<EquatableArray<RegistrationModel>, string> WriteRegistrations { get; init; } = RegistrationEmitter.Emit;
}
