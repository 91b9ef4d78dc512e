using System.Globalization;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>
/// The functions against values in 60-digit arithmetic (mpmath 1.2), at arguments that doubles hold exactly: each line of reference-values.txt is a function, its arguments and its value.
/// </summary>
public sealed class ReferenceValueTests
{
    public static TheoryData<string> Functions => [.. References().Select(reference => reference.Function).Distinct()];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_value_agrees_to_a_relative_error_of_1e_12(string function)
    {
        var tested = 0;
        foreach (var (name, arguments, expected) in References().Where(reference => reference.Function == function))
        {
            var error = Math.Abs(Evaluate(name, arguments) - expected) / Math.Abs(expected);
            Assert.True(error <= 1e-12, $"{name}({string.Join(", ", arguments)}) is off by {error:E1}: {Evaluate(name, arguments):R} instead of {expected:R}.");
            tested++;
        }

        Assert.True(tested >= 5, $"{function} has only {tested} values.");
    }

    private static IEnumerable<(string Function, double[] Arguments, double Expected)> References()
    {
        using var reader = new StreamReader(typeof(ReferenceValueTests).Assembly.GetManifestResourceStream("reference-values.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            double[] numbers = [.. words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
            yield return (words[0], numbers[..^1], numbers[^1]);
        }
    }

    private static double Evaluate(string function, double[] x) => function switch
    {
        "LogGamma" => GammaFunctions.LogGamma(x[0]),
        "StirlingCorrection" => GammaFunctions.StirlingCorrection(x[0]),
        "LogBeta" => GammaFunctions.LogBeta(x[0], x[1]),
        "LogUpperGamma" => IncompleteGamma.LogUpper(x[0], x[1]),
        "LogNormalTail" => NormalDistribution.LogUpperTail(x[0]),
        "LogStudentTail" => StudentDistribution.LogUpperTail(x[0], x[1], x[2]),
        "Deviance" => LogarithmicFunctions.Deviance(x[0]),
        "LogOnePlusMinusArgument" => LogarithmicFunctions.LogOnePlusMinusArgument(x[0]),
        "LogOnePlus" => LogarithmicFunctions.LogOnePlus(x[0]),
        "ExpMinusOne" => LogarithmicFunctions.ExpMinusOne(x[0]),
        "LogEValueEven" => SequentialSampleRatio.LogEValue([(long)x[0], (long)x[1]], [0.5, 0.5], x[2]),
        _ => throw new ArgumentException($"There is no function '{function}'."),
    };
}
