using ExperimentFramework.DataPlane.Generators.Incremental;
using ExperimentFramework.DataPlane.Generators.Emitting;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators;

/// <summary>The steps of the generator. A step may throw for one interface without affecting the others.</summary>
internal sealed record GeneratorSteps
{
    /// <summary>Gets the step that reads a tagged interface of the project.</summary>
    public Func<INamedTypeSymbol, AttributeData, Compilation, CancellationToken, ProxyModel?> ReadInterface { get; init; } = InterfaceParser.Parse;

    /// <summary>Gets the step that finds out which files an edit affects.</summary>
    public Func<CompilationInputs, CompilationInputs, InputCache, CancellationToken, ChangeSet> Compare { get; init; } = ChangeSet.Between;

    /// <summary>Gets the step that reads a call that registers an experiment.</summary>
    public Func<SimpleNameSyntax, SemanticModel, CancellationToken, RegistrationCallModel?> ReadCall { get; init; } = RegistrationCallParser.Parse;

    /// <summary>Gets the step that writes a proxy.</summary>
    public Func<ProxyModel, string> WriteProxy { get; init; } = ProxyEmitter.Emit;

    /// <summary>Gets the step that writes the registrations of closed generics.</summary>
    public Func<EquatableArray<RegistrationModel>, string> WriteRegistrations { get; init; } = RegistrationEmitter.Emit;

    /// <summary>Gets the step that writes the constants of the experiments.</summary>
    public Func<EquatableArray<ExperimentNamesModel>, string> WriteConstants { get; init; } = ExperimentConstantsEmitter.Emit;
}
