using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Reads whether a parameter is declared personal: by the attribute itself, or by a data classification of Microsoft.Extensions.Compliance, which is
/// recognized by name so that the package is not needed.
/// </summary>
internal static class PersonalData
{
    private const string Classification = "Microsoft.Extensions.Compliance.Classification.DataClassificationAttribute";
    private const string NotClassified = "Microsoft.Extensions.Compliance.Classification.NoDataClassificationAttribute";

    /// <summary>Returns whether a captured parameter is declared personal.</summary>
    /// <param name="parameter">A parameter.</param>
    /// <returns>True or false as declared; null if nothing is declared.</returns>
    public static bool? Declared(IParameterSymbol parameter)
    {
        if (SymbolName.Attribute(parameter, WellKnownNames.ExposureAttribute) is { } tag)
        {
            foreach (var argument in tag.NamedArguments)
            {
                if (argument.Key == "Personal" && argument.Value.Value is bool personal)
                {
                    return personal;
                }
            }
        }

        bool? declared = null;
        foreach (var attribute in parameter.GetAttributes())
        {
            if (IsClassification(attribute.AttributeClass))
            {
                declared = declared == true || !SymbolName.Is(attribute.AttributeClass, NotClassified);
            }
        }

        return declared;
    }

    private static bool IsClassification(INamedTypeSymbol? type)
    {
        for (var known = type; known is not null; known = known.BaseType)
        {
            if (SymbolName.Is(known, Classification))
            {
                return true;
            }
        }

        return false;
    }
}
