namespace Mesh.Spill;

/// <summary>What own requests show against what is reported, second by second.</summary>
public sealed class OwnEvidenceTests
{
    [Fact]
    public void Advance_SaysIdleButRefuses_IsNotBelievedAndCountsAsFull()
    {
        var own = Play(said: 0.2, answered: 30, refused: 10, seconds: 2);

        own.Believes(0.2).ShouldBeFalse();
        own.IsRefusing.ShouldBeTrue();
        own.Utilization.ShouldBe(4.0 / 3, 0.001);
    }

    [Fact]
    public void Advance_SaysFullAndRefuses_IsBelieved() => Play(said: 1.3, answered: 30, refused: 10, seconds: 5).Believes(1.3).ShouldBeTrue();

    [Theory]
    [InlineData(10, false)]
    [InlineData(13, false)]
    [InlineData(14, true)]
    [InlineData(60, true)]
    public void Advance_SaysOverfullButAnswersAsQuicklyAsTheNearest_IsNotBelieved(double milliseconds, bool isBelieved)
    {
        // So few that its own calm latency stays unknown.
        var own = new OwnEvidence();
        for (var i = 0; i < 12; i++)
        {
            var answers = new EndpointAnswers();
            answers.Add(TimeSpan.FromMilliseconds(milliseconds));
            answers.Add(TimeSpan.FromMilliseconds(milliseconds));
            answers.EndSecond(isOrdinary: true);
            own.Add(answers);
            own.Advance(1, said: 5, calm: 0.0082);
        }

        own.Believes(5).ShouldBe(isBelieved);
    }

    [Fact]
    public void Advance_SaysOverfullAndAnswersSlowlyThenRefusesOnce_CountsAnew()
    {
        var own = Play(said: 5, answered: 2, refused: 0, seconds: 8);
        Add(own, said: 5, answered: 2, refused: 1);
        for (var i = 0; i < 8; i++)
        {
            Add(own, said: 5, answered: 2, refused: 0);
        }

        own.Believes(5).ShouldBeTrue();
    }

    [Fact]
    public void Advance_RefusesNoMore_IsNearlyFullForAWhile()
    {
        var own = Play(said: double.NaN, answered: 30, refused: 10, seconds: 2);

        for (var i = 0; i < 15; i++)
        {
            Add(own, double.NaN, 40, 0);
        }

        own.IsRefusing.ShouldBeTrue();
        own.Utilization.ShouldBe(0.9, 0.001);
        for (var i = 0; i < 30; i++)
        {
            Add(own, double.NaN, 40, 0);
        }

        own.IsRefusing.ShouldBeFalse();
    }

    [Fact]
    public void Advance_FewAnswers_ShowNothing()
    {
        var own = Play(said: 0.2, answered: 2, refused: 2, seconds: 10);

        own.Believes(0.2).ShouldBeTrue();
        own.IsRefusing.ShouldBeFalse();
    }

    private static OwnEvidence Play(double said, int answered, int refused, int seconds)
    {
        var own = new OwnEvidence();
        for (var i = 0; i < seconds; i++)
        {
            Add(own, said, answered, refused);
        }

        return own;
    }

    private static void Add(OwnEvidence own, double said, int answered, int refused)
    {
        var answers = new EndpointAnswers();
        for (var i = 0; i < answered; i++)
        {
            answers.Add(TimeSpan.FromMilliseconds(10));
        }

        for (var i = 0; i < refused; i++)
        {
            answers.AddRefused();
        }

        answers.EndSecond(isOrdinary: true);
        own.Add(answers);
        own.Advance(1, said, calm: 0.0082);
    }
}
