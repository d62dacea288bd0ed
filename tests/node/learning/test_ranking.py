from node.learning.ranking import rank
from storage.learning.questions import Fact


def test_an_accepted_answer_says_more_than_a_resource_and_that_more_than_a_hashtag():
    facts = [Fact(1, "posts", "moss", 1), Fact(2, "resources", "moss", 1), Fact(3, "answers", "moss", 1)]
    assert [knowing.account_id for knowing in rank(facts)] == [3, 2, 1]


def test_every_competency_counts_and_much_of_one_counts_little_more():
    facts = [Fact(1, "posts", "moss", 100), Fact(2, "answers", "moss", 1), Fact(2, "answers", "ferns", 1), Fact(3, "posts", "moss", 90)]
    assert [knowing.account_id for knowing in rank(facts)] == [2, 1, 3]


def test_the_weightiest_fact_is_the_first_reason():
    facts = [Fact(1, "posts", "moss", 2), Fact(1, "answers", "ferns", 1)]
    assert [fact.kind for fact in rank(facts)[0].facts] == ["answers", "posts"]


def test_equals_stand_in_one_order_and_what_says_nothing_is_no_reason():
    facts = [Fact(2, "posts", "moss", 1), Fact(1, "posts", "moss", 1), Fact(3, "posts", "moss", 0), Fact(4, "fame", "moss", 9)]
    assert [knowing.account_id for knowing in rank(facts)] == [1, 2]
    assert rank([]) == []
