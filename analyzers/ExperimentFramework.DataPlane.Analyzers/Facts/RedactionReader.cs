using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Reads the facts about redaction from the names in one tree.</summary>
internal sealed class RedactionReader(RedactionFacts facts, SemanticModel model, CancellationToken cancellationToken)
{
    /// <summary>Reads a name that may be a redaction option.</summary>
    public void Read(SimpleNameSyntax name)
    {
        switch (name.Identifier.ValueText)
        {
            case "RedactFields" or "Fields" when IsOption(name, KnownNames.Redaction):
                ReadFields(Access(name));
                break;
            case "SubjectId" when IsOption(name, KnownNames.Redaction):
                ReadSubject(Access(name));
                break;
            case "PiiRedaction" when Access(name).Parent is ArgumentSyntax && IsOption(name, KnownNames.Options):
                facts.AddUnknown();
                break;
        }
    }

    private static ExpressionSyntax Access(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;

    private bool IsOption(SimpleNameSyntax name, string options) =>
        model.GetSymbolInfo(name, cancellationToken).Symbol is IPropertySymbol property && SymbolName.Is(property.ContainingType, options);

    private void ReadSubject(ExpressionSyntax access)
    {
        if (access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access
            && model.GetConstantValue(assignment.Right, cancellationToken) is not { HasValue: true, Value: 0 })
        {
            facts.AddSubject();
        }
    }

    private void ReadFields(ExpressionSyntax fields)
    {
        switch (fields.Parent)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Parent: InvocationExpressionSyntax call } when call.ArgumentList.Arguments.Count > 0:
                AddName(call.ArgumentList.Arguments[0].Expression);
                break;
            case ElementAccessExpressionSyntax element:
                AddName(element.ArgumentList.Arguments[0].Expression);
                break;
            case AssignmentExpressionSyntax { Right: InitializerExpressionSyntax initializer }:
                foreach (var element in initializer.Expressions)
                {
                    AddName(element switch
                    {
                        AssignmentExpressionSyntax { Left: ImplicitElementAccessSyntax key } => key.ArgumentList.Arguments[0].Expression,
                        InitializerExpressionSyntax pair => pair.Expressions[0],
                        _ => element,
                    });
                }

                break;
            default:
                facts.AddUnknown();
                break;
        }
    }

    private void AddName(ExpressionSyntax name)
    {
        if (model.GetConstantValue(name, cancellationToken) is { HasValue: true, Value: string text })
        {
            facts.AddField(text);
        }
        else
        {
            facts.AddUnknown();
        }
    }
}
