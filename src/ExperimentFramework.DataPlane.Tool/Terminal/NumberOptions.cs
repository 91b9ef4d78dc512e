using System.CommandLine.Parsing;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads numbers from the command line, the same in every culture: a comma is no decimal separator, and none of thousands either, which would make 5 of 0,05.</summary>
internal static class NumberOptions
{
    /// <summary>Reads the value of an option; adds an error that names the option if it is no number.</summary>
    public static double Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} must be a number such as 0.05, with a point before its decimals; '{text}' is none.");
        return 0;
    }

    /// <summary>Reads the value of an option that may be left out.</summary>
    public static double? ParseOptional(ArgumentResult result) => Parse(result);
}
