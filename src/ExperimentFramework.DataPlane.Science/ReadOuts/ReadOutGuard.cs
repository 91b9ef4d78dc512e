namespace ExperimentFramework.DataPlane.Science;

/// <summary>Determines whether there are enough subjects to show a confidence sequence, which is exact only asymptotically.</summary>
/// <remarks>
/// Without the guard, a rate of 1 % at a split of 90 to 10 has 32 % false positives at a nominal 5 %; with it, less than 5 %. The smaller arm is decisive.
/// </remarks>
public static class ReadOutGuard
{
    /// <summary>The expected number of conversions, and of subjects without one, that the smaller arm must have. For a mean at an uneven split, the expected number of values other than 0.</summary>
    public const double SmallestExpectedConversions = 20;

    /// <summary>The number of subjects that each arm must have for a difference of means.</summary>
    public const double SubjectsPerArm = 500;

    /// <summary>The number of subjects that each arm must have for a difference of means at an even split.</summary>
    public const double SubjectsPerArmAtEvenSplit = 100;

    /// <summary>Computes the smallest expected count of a comparison of proportions: the smaller arm's subjects times min(p, 1 - p), p pooled.</summary>
    /// <param name="controlSubjects">The control's subjects, at least 0.</param>
    /// <param name="controlConversions">How many of them converted.</param>
    /// <param name="treatmentSubjects">The treatment's subjects, at least 0.</param>
    /// <param name="treatmentConversions">How many of them converted.</param>
    /// <returns>The expected count; 0 without subjects. The read-out is shown from <see cref="SmallestExpectedConversions"/> on.</returns>
    public static double SmallestExpectedCount(double controlSubjects, double controlConversions, double treatmentSubjects, double treatmentConversions)
    {
        var subjects = controlSubjects + treatmentSubjects;
        if (subjects == 0)
        {
            return 0;
        }

        var rate = (controlConversions + treatmentConversions) / subjects;
        return Math.Min(controlSubjects, treatmentSubjects) * Math.Min(rate, 1 - rate);
    }

    /// <summary>
    /// Computes how many of the smaller arm's values are expected to differ from 0. If most subjects have 0, as with revenue, those who do not determine the variance, and at an uneven split the smaller arm needs
    /// <see cref="SmallestExpectedConversions"/> of them.
    /// </summary>
    /// <param name="controlSubjects">The control's subjects, at least 0.</param>
    /// <param name="controlNonZero">How many of them have a value other than 0.</param>
    /// <param name="treatmentSubjects">The treatment's subjects, at least 0.</param>
    /// <param name="treatmentNonZero">How many of them have a value other than 0.</param>
    /// <returns>The smaller arm's subjects times the share of values other than 0 in both arms together; 0 without subjects.</returns>
    public static double SmallestExpectedNonZero(double controlSubjects, double controlNonZero, double treatmentSubjects, double treatmentNonZero)
    {
        var subjects = controlSubjects + treatmentSubjects;
        return subjects == 0 ? 0 : Math.Min(controlSubjects, treatmentSubjects) * ((controlNonZero + treatmentNonZero) / subjects);
    }

    /// <summary>Determines whether there are enough subjects to show a difference of means. At an uneven split, heavy-tailed metrics also need a cap or the logarithmic scale, and metrics that are mostly 0 also need <see cref="SmallestExpectedNonZero"/>.</summary>
    /// <param name="controlSubjects">The control's subjects.</param>
    /// <param name="treatmentSubjects">The treatment's subjects.</param>
    /// <param name="isEvenSplit">Whether the planned split is even.</param>
    /// <returns>True if each arm has enough.</returns>
    public static bool HasEnoughForMeans(double controlSubjects, double treatmentSubjects, bool isEvenSplit) =>
        Math.Min(controlSubjects, treatmentSubjects) >= (isEvenSplit ? SubjectsPerArmAtEvenSplit : SubjectsPerArm);
}
