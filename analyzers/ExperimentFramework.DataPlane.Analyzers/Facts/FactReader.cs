using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reads the facts about experiments from one tree.</summary>
internal sealed class FactReader(CompilationFacts facts, SemanticModel model, CancellationToken cancellationToken)
{
    private const string LogMethod = "LogExposureAsync";
    private const string ExposeMethod = "ExposeAsync";

    /// <summary>The value of <c>BackplaneFailureMode.Block</c>, which an analyzer sees as a number.</summary>
    private const int Block = 1;

    private readonly RedactionReader _redaction = new(facts.Redaction, model, cancellationToken);
    private readonly InjectionReader _injection = new(facts.Injection, model, cancellationToken);

    public void Read()
    {
        foreach (var name in model.SyntaxTree.GetRoot(cancellationToken).DescendantNodes().OfType<SimpleNameSyntax>())
        {
            switch (name.Identifier.ValueText)
            {
                case WellKnownNames.TrialMethod or WellKnownNames.LoggingMethod:
                    if (Registration.Of(name, model, cancellationToken) is { } registration)
                    {
                        facts.Add(registration);
                    }

                    break;
                case LogMethod:
                    ReadLogging(name);
                    break;
                case "ISubjectIdentityProvider" when IsType(name, KnownNames.SubjectProvider):
                    facts.AddSubjectProvider();
                    break;
                case "AddHttpSubjectIdentity" when IsMethodOf(name, KnownNames.HttpSubjectExtensions):
                    facts.AddSubjectProvider();
                    break;
                case "AddInMemoryAssignmentStore" when IsMethodOf(name, KnownNames.StoreExtensions):
                    AddStore(name, AssignmentStoreKinds.Memory);
                    break;
                case "AddSqliteAssignmentStore" when IsMethodOf(name, KnownNames.SqliteStoreExtensions):
                    AddStore(name, AssignmentStoreKinds.Host);
                    break;
                case "AddRedisAssignmentStore" when IsMethodOf(name, KnownNames.RedisStoreExtensions):
                    AddStore(name, AssignmentStoreKinds.Shared);
                    break;
                case "AddPostgreSqlAssignmentStore" when IsMethodOf(name, KnownNames.PostgreSqlStoreExtensions):
                    AddStore(name, AssignmentStoreKinds.Shared);
                    break;
                case "AddAssignmentStore" when IsMethodOf(name, KnownNames.StoreExtensions):
                    AddStore(name, AssignmentStoreKinds.Any);
                    break;
                case "IAssignmentStore" when IsType(name, KnownNames.Store):
                    facts.AddStore(AssignmentStoreKinds.Any);
                    facts.AddDirectUseOfStores();
                    break;
                case var method when RegistrationNames.IsOutbox(method) && RegistrationOf(name) is { } outbox && ReferencedAssemblies.IsOwn(outbox.ContainingAssembly.Name):
                    facts.Delivery.AddOutbox(name.GetLocation());
                    break;
                case RegistrationNames.Memory when IsMethodOf(name, KnownNames.BackplaneExtensions):
                    facts.Delivery.AddMemory();
                    break;
                case var method when RegistrationNames.IsDestination(method) && RegistrationOf(name) is not null:
                case "IDataBackplane" when IsType(name, KnownNames.Backplane):
                    facts.Delivery.AddQueue();
                    break;
                case "EnableOutcomeEvents" when IsAssigned(name) && model.GetSymbolInfo(name, cancellationToken).Symbol is IPropertySymbol property
                    && SymbolName.Is(property.ContainingType, KnownNames.Options):
                    ReadOutcomeSwitch(name);
                    break;
                case "PublishAsync" when IsMethodOf(name, KnownNames.Publisher):
                case "RecordAsync" when IsMethodOf(name, KnownNames.ExposureRecorder):
                    ReadPublished(name);
                    break;
                case WellKnownNames.ExperimentMethod when IsMethodOf(name, WellKnownNames.Builder):
                    if (CallOf(name) is { } experiment)
                    {
                        facts.Add(new NamedExperiment(experiment));
                    }

                    break;
                case "Decide" or "DecideAsync" or "DecideAllAsync" or ExposeMethod or "VariantOf" when IsMethodOf(name, KnownNames.Experiments):
                case "RecordAsync" when IsMethodOf(name, KnownNames.MetricRecorder):
                    ReadDirectCall(name);
                    break;
                case "DataPlaneOptions" when IsType(name, KnownNames.Options):
                    facts.AddOptionsPassedOn();
                    break;
                case RegistrationNames.Settings:
                    ReadBackplane(name);
                    break;
                case "ExposureSemantics" when IsAssigned(name) && model.GetSymbolInfo(name, cancellationToken).Symbol is IPropertySymbol property
                    && SymbolName.Is(property.ContainingType, KnownNames.Options):
                    ReadOptionSemantics(name);
                    break;
                case "FailureMode" when IsAssigned(name) && model.GetSymbolInfo(name, cancellationToken).Symbol is IPropertySymbol property
                    && SymbolName.Is(property.ContainingType, KnownNames.Options):
                    ReadFailureMode(name);
                    break;
                default:
                    _redaction.Read(name);
                    _injection.Read(name);
                    break;
            }
        }
    }

    private void ReadDirectCall(SimpleNameSyntax name)
    {
        var direct = CallOf(name) is { } call ? DirectCall.Of(call) : null;
        if (direct is not null)
        {
            facts.Add(direct);
        }

        if (name.Identifier.ValueText == ExposeMethod)
        {
            AddLoggingByName(name, direct?.Experiment?.Name);
        }
    }

    private void ReadPublished(SimpleNameSyntax name)
    {
        var call = CallOf(name);
        var published = call is null ? null : PublishedEvent.Of(call);
        if (published is not null)
        {
            facts.Add(published);
        }

        if (call is not null && DirectCall.Of(call) is { } direct)
        {
            facts.Add(direct);
        }

        if (call is null ? !IsNameOf(name) : PublishedEvent.IsExposure(call))
        {
            AddLoggingByName(name, published?.Constant("ExperimentName")?.Value);
        }
    }

    /// <summary>Under explicit semantics a call without the interface logs the exposure too, of an experiment that is known only by its name.</summary>
    private void AddLoggingByName(SimpleNameSyntax name, string? experiment) => facts.Add(new LoggingUse(null, name.GetLocation(), isCall: false, experiment));

    private IInvocationOperation? CallOf(SimpleNameSyntax name) =>
        MethodName.Invocation(name) is { } invocation ? model.GetOperation(invocation, cancellationToken) as IInvocationOperation : null;

    private void ReadLogging(SimpleNameSyntax name)
    {
        if (IsNameOf(name))
        {
            return;
        }

        var found = model.GetSymbolInfo(name, cancellationToken);
        var methods = (found.Symbol is { } symbol ? [symbol] : found.CandidateSymbols).OfType<IMethodSymbol>().ToList();
        var isCall = MethodName.Invocation(name) is not null;
        if (methods.Count == 0)
        {
            // The target of a dynamic call is unknown.
            facts.Add(new LoggingUse(null, name.GetLocation(), isCall));
            return;
        }

        foreach (var logger in methods.SelectMany(method => Loggers(method.ContainingType)).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
        {
            facts.Add(new LoggingUse(logger.TypeArguments[0], name.GetLocation(), isCall));
        }
    }

    private static IEnumerable<INamedTypeSymbol> Loggers(INamedTypeSymbol type) =>
        type.AllInterfaces.Append(type).Where(candidate => candidate is { Name: "IExposureLogger", TypeArguments.Length: 1 } && SymbolName.IsIn(candidate, WellKnownNames.Namespace));

    private void AddStore(SimpleNameSyntax name, AssignmentStoreKinds kind)
    {
        facts.AddStore(kind);
        facts.AddStorePlace(name.GetLocation());
    }

    private void ReadBackplane(SimpleNameSyntax name)
    {
        if (TakesOptionsFromElsewhere(name))
        {
            facts.AddOptionsPassedOn();
        }

        if (name is GenericNameSyntax)
        {
            facts.Delivery.AddQueue();
        }
    }

    private void ReadOutcomeSwitch(SimpleNameSyntax name)
    {
        var value = name.FirstAncestorOrSelf<AssignmentExpressionSyntax>()!.Right;
        facts.Delivery.AddOutcomeSwitch(
            value.GetLocation(), !ControlFlow.IsConditional(value) && model.GetConstantValue(value, cancellationToken) is { HasValue: true, Value: bool isOn } ? isOn : null);
    }

    private void ReadOptionSemantics(SimpleNameSyntax name)
    {
        var assignment = name.FirstAncestorOrSelf<AssignmentExpressionSyntax>()!;
        facts.AddOptionSemantics(
            ControlFlow.IsConditional(assignment) || model.GetConstantValue(assignment.Right, cancellationToken) is not { HasValue: true, Value: int value } ? null : value);
    }

    private void ReadFailureMode(SimpleNameSyntax name)
    {
        var value = name.FirstAncestorOrSelf<AssignmentExpressionSyntax>()!.Right;
        if (model.GetConstantValue(value, cancellationToken) is { HasValue: true, Value: Block })
        {
            facts.AddBlockingMode(value.GetLocation());
        }
    }

    private static bool TakesOptionsFromElsewhere(SimpleNameSyntax name) =>
        MethodName.Invocation(name) is not { } call || call.ArgumentList.Arguments.Any(argument => argument.Expression switch
        {
            LambdaExpressionSyntax lambda => PassesOn(lambda),
            LiteralExpressionSyntax => false,
            _ => true,
        });

    /// <summary>Returns whether a lambda does more with its parameter than set properties. A binder, for example, sets whatever it finds in a file.</summary>
    private static bool PassesOn(LambdaExpressionSyntax lambda)
    {
        var parameters = lambda switch
        {
            SimpleLambdaExpressionSyntax simple => [simple.Parameter],
            ParenthesizedLambdaExpressionSyntax several => several.ParameterList.Parameters.ToArray(),
            _ => [],
        };
        return lambda.Body.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(identifier =>
            parameters.Any(parameter => parameter.Identifier.ValueText == identifier.Identifier.ValueText)
            && !(identifier.Parent is MemberAccessExpressionSyntax access && (access.Expression == identifier || access.Name == identifier)));
    }

    private static bool IsAssigned(SimpleNameSyntax name) =>
        name.Parent is AssignmentExpressionSyntax direct && direct.Left == name
        || (name.Parent is MemberAccessExpressionSyntax access && access.Name == name && access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access);

    private bool IsType(SimpleNameSyntax name, string fullName) =>
        model.GetSymbolInfo(name, cancellationToken).Symbol is INamedTypeSymbol type && SymbolName.Is(type, fullName);

    private bool IsMethodOf(SimpleNameSyntax name, string fullName)
    {
        var found = model.GetSymbolInfo(name, cancellationToken);
        return (found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is IMethodSymbol method && SymbolName.Is(method.ContainingType, fullName);
    }

    /// <summary>Returns the method that a name refers to if it registers services; otherwise null.</summary>
    private IMethodSymbol? RegistrationOf(SimpleNameSyntax name)
    {
        var found = model.GetSymbolInfo(name, cancellationToken);
        return (found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is IMethodSymbol method
            && SymbolName.Is((method.ReducedFrom ?? method).Parameters.FirstOrDefault()?.Type, KnownNames.ServiceCollection)
                ? method
                : null;
    }

    private bool IsNameOf(SimpleNameSyntax name) =>
        name.Ancestors().OfType<InvocationExpressionSyntax>().Any(call =>
            call.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" } && model.GetOperation(call, cancellationToken) is INameOfOperation);
}
